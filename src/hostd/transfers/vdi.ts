// The content of disks as files: GET /export_raw_vdi and PUT /import_raw_vdi. QEMU's tools convert between the disk and a file of the
// spool; this process only passes the file's bytes on, as fast as both sides take them. An upload that breaks off leaves the disk as it was.

import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { exchangeFormats, type ExchangeFormat, exportImage, imageSize, importImage } from '../../drivers/storage/image/exchange.ts';
import type { CopyTarget, SrDriver } from '../../drivers/storage.ts';
import type { Ref } from '../../lib/brand.ts';
import { notImplemented, XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../../ops/context.ts';
import { assertVdi, holding } from '../../ops/operation.ts';
import { attachedDriver } from '../../ops/sr/attached.ts';
import { useOf } from '../../ops/vdi/allowed.ts';
import { refreshSr } from '../../ops/sr/sizes.ts';
import type { RunningTask } from '../tasks.ts';
import type { Spool } from './spool.ts';
import type { Download, Upload } from './wire.ts';

export interface TransferJob {
  readonly services: Services;
  readonly spool: Spool;
  readonly task: RunningTask;
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
}

/** Sends a disk. */
export const exportVdi = async (job: TransferJob, to: Download): Promise<void> => {
  const { spool, signal, task } = job;
  const [ref, vdi] = vdiOf(job);
  const format = formatOf(job);
  if (job.query.has('base')) throw notImplemented('export of the differences from a base');
  await using file = spool.take();
  // The conversion is half of the way, the transfer the other.
  const onFraction = (fraction: number): void => tell(task, 'converting', fraction / 2);
  await withExport(job, ref, vdi, { readOnly: true }, source => exportImage(source, format, file.path, { signal, onFraction }));
  const { size } = await stat(file.path);
  const body = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  let doneBytes = 0;
  body.on('data', chunk => {
    doneBytes += chunk.length;
    tell(task, 'sending', 0.5 + doneBytes / size / 2);
  });
  to.begin(size, `${vdi.uuid}.${format}`);
  await pipeline(body, to.stream, { signal });
};

/** Receives a disk. */
export const importVdi = async (job: TransferJob, from: Upload): Promise<void> => {
  const { services, spool, signal, task } = job;
  const [ref, vdi] = vdiOf(job);
  const format = formatOf(job);
  if (vdi.read_only || vdi.is_a_snapshot) throw new XenError('VDI_READONLY', [ref]);
  attachedDriver(services, vdi.SR);
  await using file = spool.take();
  from.begin();
  const { totalBytes } = from;
  let doneBytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of from.body) {
      doneBytes += chunk.length;
      // Nothing that could not be on the disk is kept.
      if (format === 'raw' && doneBytes > vdi.virtual_size) throw tooLarge(doneBytes, vdi);
      if (totalBytes !== undefined) tell(task, 'receiving', doneBytes / totalBytes / 2);
      yield chunk;
    }
  };
  await pipeline(counted, createWriteStream(file.path, { mode: 0o600, flags: 'wx' }), { signal });
  if (totalBytes !== undefined && doneBytes < totalBytes)
    throw new XenError('VDI_IO_ERROR', [`the file ended after ${doneBytes} of ${totalBytes} bytes`]);
  const onFraction = (fraction: number): void => tell(task, 'writing', 0.5 + fraction / 2);
  await withExport(job, ref, vdi, { readOnly: false }, async target => {
    const size = await imageSize(file.path, format);
    if (size > vdi.virtual_size) throw tooLarge(size, vdi);
    await importImage(file.path, format, target, { signal, onFraction });
  });
  await refreshSr(services, vdi.SR);
};

const CHUNK_BYTES = 256 * 1024;

const tell = (task: RunningTask, label: string, fraction: number): void => task.progress({ label, fraction });

const tooLarge = (size: number, vdi: RecordOf<'VDI'>): XenError => new XenError('VDI_TOO_LARGE', [String(size), String(vdi.virtual_size)]);

const vdiOf = ({ services: { db }, query }: TransferJob): readonly [Ref<'VDI'>, RecordOf<'VDI'>] => {
  const text = query.get('vdi') ?? '';
  const ref = db.byUuid('VDI', text) ?? (text as Ref<'VDI'>);
  return [ref, db.need('VDI', ref)];
};

const formatOf = ({ query }: TransferJob): ExchangeFormat => {
  const wanted = query.get('format') ?? 'raw';
  const found = exchangeFormats.find(format => format === wanted);
  if (found === undefined) throw notImplemented(`disks as ${wanted}`);
  return found;
};

/** The disk open over NBD while `work` goes on, and held, so that nobody else uses it meanwhile. */
const withExport = async (
  { services, task }: TransferJob,
  ref: Ref<'VDI'>,
  vdi: RecordOf<'VDI'>,
  { readOnly }: { readonly readOnly: boolean },
  work: (target: CopyTarget) => Promise<void>,
): Promise<void> => {
  const driver: SrDriver = attachedDriver(services, vdi.SR);
  await holding(
    { services, task: task.ref },
    [{ cls: 'VDI', ref, op: 'copy' }],
    tx => {
      const now = assertVdi(tx, ref, 'copy');
      if (!readOnly && useOf(tx, now).attached) throw new XenError('VDI_IN_USE', [ref, 'import']);
    },
    async () => {
      const target = await driver.openExport(vdi.uuid, { address: 'unix', readOnly });
      try {
        await work(target);
      } finally {
        await driver.closeExport(vdi.uuid);
      }
    },
    { vdi: ref },
  );
};
