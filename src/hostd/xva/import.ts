// VMs from archives: nothing of them is seen before all of it is here and right, and what comes to nothing leaves nothing.
//
//   description read · resolved against the pool · plan: volumes made, blocks written and checked, everything recorded at once

import { isNullRef, type Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { Plan, StepContext } from '../../engine/types.ts';
import { ProtocolError } from '../../wire/protocol-error.ts';
import { ArchiveCut, TarReader } from '../../wire/tar-reader.ts';
import type { Call, Services } from '../../ops/context.ts';
import { toXenError } from '../../ops/errors.ts';
import { freshUuid } from '../../ops/refs.ts';
import { attachedDriver } from '../../ops/sr/attached.ts';
import { refreshSr } from '../../ops/sr/sizes.ts';
import { srDriver, volumeSteps } from '../../ops/steps/volumes.ts';
import type { ImportRequest, XvaDocument } from '../../ops/xva/objects.ts';
import { receiveDisks } from './blocks.ts';
import { decompress } from './compression.ts';
import { DOCUMENT_NAME, readDocument } from './document.ts';
import { type ImportOptions, resolveImport, type Resolved } from '../../ops/xva/resolve.ts';
import { offerFill, xvaSteps } from '../../ops/xva/steps.ts';

export type ImportCall = Pick<Call, 'services' | 'task' | 'signal' | 'log' | 'progress' | 'setCancellable'>;

/** That of a thousand VMs with their devices. */
const MAX_DOCUMENT_BYTES = 64 * 1024 ** 2;
/** Archives are often filled up with zeroes to the length of a tape's record. */
const MAX_TAIL_BYTES = 1024 ** 2;

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
};

/** What was wrong with the file, in the API's words. */
const importError = (error: unknown): unknown => {
  const cause = { cause: error };
  if (error instanceof ArchiveCut || codeOf(error) === 'Z_BUF_ERROR') return new XenError('IMPORT_ERROR_PREMATURE_EOF', [], cause);
  if (error instanceof ProtocolError) return new XenError('IMPORT_ERROR', [error.message], cause);
  if (/^(Z_|ZSTD_)/.test(codeOf(error)) && error instanceof Error)
    return new XenError('IMPORT_ERROR', [`the packed file is damaged: ${error.message}`], cause);
  return error;
};

const targetSr = (services: Services, { sr }: ImportRequest): Ref<'SR'> | undefined => {
  const { db, self } = services;
  if (sr === 'none') return undefined;
  const chosen = sr === 'default' ? db.need('pool', self.pool).default_SR : sr;
  if (sr === 'default' && (isNullRef(chosen) || !db.get('SR', chosen))) throw new XenError('DEFAULT_SR_NOT_FOUND', [chosen]);
  if (db.need('SR', chosen).content_type === 'iso') throw new XenError('SR_OPERATION_NOT_SUPPORTED', [chosen]);
  attachedDriver(services, chosen);
  return chosen;
};

const readDescription = async (reader: TarReader): Promise<XvaDocument> => {
  const header = await reader.next();
  const name = header?.name.replace(/^\.\//, '');
  if (name !== DOCUMENT_NAME) throw new XenError('IMPORT_ERROR_UNEXPECTED_FILE', [DOCUMENT_NAME, name ?? '']);
  return readDocument((await reader.content(MAX_DOCUMENT_BYTES)).toString('utf8'));
};

const planOf = ({ disks, replaced, commit }: Resolved, fill: string | undefined): Plan => ({
  kind: 'VM.import',
  locks: replaced.filter(({ cls }) => cls === 'VM').map(({ ref }) => ref),
  steps: [
    ...disks.map(({ sr, spec }) => volumeSteps.create(`volume-${spec.id}`, { sr, spec })),
    ...(fill === undefined ? [] : [xvaSteps.fill({ key: fill })]),
    xvaSteps.commit({ replaced, commit }),
  ],
  pivot: 'commit',
});

const run = async (call: ImportCall, plan: Plan): Promise<void> => {
  const { services, signal, log } = call;
  await services.engine.run(plan, {
    signal,
    log,
    onProgress: progress => call.progress(progress),
    onCancellable: isCancellable => call.setCancellable(isCancellable),
  });
};

/** Volumes filled from what follows the description. */
const filling = (services: Services, reader: TarReader, resolved: Resolved, document: XvaDocument, { force }: ImportRequest) => {
  const totalBytes = resolved.disks.reduce((sum, { spec }) => sum + spec.sizeBytes, 0);
  return async ({ signal, progress }: StepContext): Promise<void> => {
    const disks = resolved.disks.map(({ id, sr, spec }) => ({
      id,
      sizeBytes: spec.sizeBytes,
      open: () => srDriver(services, sr).openContent(spec.id, { readOnly: false }),
    }));
    const onBytes = (doneBytes: number): void =>
      progress({ fraction: totalBytes === 0 ? 1 : doneBytes / totalBytes, doneBytes, totalBytes });
    await receiveDisks(reader, disks, { signal, force, mayHaveTable: document.exportVersion < 2, onBytes });
    await reader.drain(MAX_TAIL_BYTES);
  };
};

const importAll = async (call: ImportCall, body: AsyncIterable<Uint8Array>, request: ImportRequest): Promise<readonly Ref<'VM'>[]> => {
  const { services, signal } = call;
  const sr = targetSr(services, request);
  const reader = new TarReader(decompress(body, signal));
  const document = await readDescription(reader);
  const { restore, force, vdis } = request;
  const options: ImportOptions = { restore, force, vdis, sr };
  const resolved = resolveImport(services.db, document, options);
  if (request.dryRun) return [];
  if (sr === undefined) {
    // Cut short, it would end here.
    await reader.next();
    await run(call, planOf(resolved, undefined));
    return resolved.vms;
  }
  const key = freshUuid();
  using _offer = offerFill(services, key, filling(services, reader, resolved, document, request));
  await run(call, planOf(resolved, key));
  await refreshSr(services, sr);
  return resolved.vms;
};

/** Resolves with the VMs that came; without those that are snapshots of others. Rejects with XenError, nothing being left of them. */
export const importVms = async (
  call: ImportCall,
  body: AsyncIterable<Uint8Array>,
  request: ImportRequest,
): Promise<readonly Ref<'VM'>[]> => {
  try {
    return await importAll(call, body, request);
  } catch (error) {
    const scope = { ...(call.task !== undefined && { task: call.task }), ...(typeof request.sr === 'string' && { sr: request.sr }) };
    throw toXenError(importError(error), scope);
  }
};
