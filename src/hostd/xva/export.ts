// VMs as archives: the description first, then the content of the disks, block by block as fast as the other side takes it.

import { isNullRef, type Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { operationNotAllowed } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { tarEnd } from '../../wire/tar.ts';
import type { Call, Services } from '../../ops/context.ts';
import { assertVdi, assertVm, holding, type Mark } from '../../ops/operation.ts';
import { timeText } from '../../ops/refs.ts';
import { attachedDriver } from '../../ops/sr/attached.ts';
import { diskEntries, entry } from './blocks.ts';
import { DOCUMENT_NAME, writeDocument, type Writer } from './document.ts';
import { gather, type Gathered } from '../../ops/xva/gather.ts';

export type ExportCall = Pick<Call, 'services' | 'task' | 'signal' | 'progress'>;
type Pieces = AsyncIterable<Uint8Array>;

const writerOf = ({ db, self }: Services): Writer => {
  const host = db.need('host', self.host);
  const version = (key: string): string => host.software_version[key] ?? '';
  return {
    hostName: host.hostname,
    date: version('date') || timeText(),
    productVersion: version('product_version'),
    productBrand: version('product_brand'),
    buildNumber: version('build_number'),
  };
};

const isIso = (db: Reader, vdi: RecordOf<'VDI'>): boolean => db.get('SR', vdi.SR)?.content_type === 'iso';

/** The disks whose content goes along, in the order in which they are read again. */
const disksOf = (db: Reader, vm: RecordOf<'VM'>, { idOf }: Gathered): readonly (readonly [string, Ref<'VDI'>])[] => {
  const ofVbds = vm.VBDs.map(ref => db.need('VBD', ref)).flatMap(vbd => (vbd.type === 'CD' || vbd.empty ? [] : [vbd.VDI]));
  const refs = new Set([...ofVbds, vm.suspend_VDI].filter(ref => !isNullRef(ref)));
  const known = [...refs].flatMap(ref => {
    const [id, vdi] = [idOf(ref), db.get('VDI', ref)];
    return id === undefined || vdi === undefined || isIso(db, vdi) ? [] : [[id, ref] as const];
  });
  return known.sort(([a], [b]) => (a < b ? -1 : 1));
};

async function* archive(
  call: ExportCall,
  document: readonly Buffer[],
  disks: readonly (readonly [string, Ref<'VDI'>])[],
): AsyncGenerator<Uint8Array> {
  const { services, signal, progress } = call;
  const { db } = services;
  yield* entry(DOCUMENT_NAME, ...document);
  const totalBytes = disks.reduce((sum, [, ref]) => sum + db.need('VDI', ref).virtual_size, 0);
  let beforeBytes = 0;
  for (const [id, ref] of disks) {
    const { SR, uuid, virtual_size: sizeBytes } = db.need('VDI', ref);
    const content = await attachedDriver(services, SR).openContent(uuid, { readOnly: true });
    try {
      const onBytes = (bytes: number): void => {
        const doneBytes = beforeBytes + bytes;
        progress({ label: 'sending disks', fraction: doneBytes / totalBytes, doneBytes, totalBytes });
      };
      yield* diskEntries({ id, sizeBytes }, content, { signal, onBytes });
    } finally {
      await content.close();
    }
    beforeBytes += sizeBytes;
  }
  yield tarEnd();
}

/** Sends a VM, held meanwhile with its disks. */
export const exportVm = async (
  call: ExportCall,
  vm: Ref<'VM'>,
  options: { readonly preservePowerState: boolean },
  send: (pieces: Pieces) => Promise<void>,
): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const record = db.need('VM', vm);
  const gathered = gather(db, [vm], { ...options, withSnapshots: false, without: new Set() });
  const disks = disksOf(db, record, gathered);
  for (const [, ref] of disks) attachedDriver(services, db.need('VDI', ref).SR);
  const [first] = disks;
  const marks: readonly Mark[] = [
    { cls: 'VM', ref: vm, op: 'export' },
    ...disks.map(([, ref]) => ({ cls: 'VDI', ref, op: 'copy' }) as const),
  ];
  await holding(
    call,
    marks,
    tx => {
      assertVm(tx, vm, 'export');
      for (const [, ref] of disks) assertVdi(tx, ref, 'copy');
    },
    async () => {
      const pieces = archive(call, await writeDocument(writerOf(services), gathered.objects), disks);
      try {
        await send(pieces);
      } finally {
        // Whoever sends may have left it half way: the disk that is open is closed before it is let go of.
        await pieces.return(undefined);
      }
    },
    { vm, ...(first !== undefined && { sr: db.need('VDI', first[1]).SR }) },
  );
};

export interface MetadataRequest {
  readonly vms: readonly Ref<'VM'>[];
  readonly withSnapshots: boolean;
  readonly without: ReadonlySet<string>;
}

/** The description alone, as an archive. */
export const exportMetadata = async (call: ExportCall, request: MetadataRequest): Promise<Buffer> => {
  const { services } = call;
  const { db } = services;
  const { vms, ...options } = request;
  const [only] = vms;
  if (vms.length === 1 && only !== undefined && db.need('VM', only).is_a_snapshot)
    throw operationNotAllowed('Exporting metadata of a snapshot is not allowed');
  return await holding(
    call,
    vms.map(ref => ({ cls: 'VM', ref, op: 'metadata_export' })),
    tx => {
      for (const vm of vms) assertVm(tx, vm, 'metadata_export');
    },
    async () => {
      const { objects } = gather(db, vms, { ...options, preservePowerState: true });
      return Buffer.concat([...entry(DOCUMENT_NAME, ...(await writeDocument(writerOf(services), objects))), tarEnd()]);
    },
  );
};

/** Every VM that somebody made. */
export const allVms = (db: Reader, { withControlDomains }: { readonly withControlDomains: boolean }): readonly Ref<'VM'>[] =>
  [...db.all('VM')].flatMap(([ref, vm]) => {
    const isBuiltIn = vm.is_default_template || (vm.is_a_template && vm.other_config['default_template'] === 'true');
    return isBuiltIn || (vm.is_control_domain && !withControlDomains) ? [] : [ref];
  });
