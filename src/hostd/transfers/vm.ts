// VMs as files: GET /export and /export_metadata, PUT /import and /import_metadata.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PlanProgress } from '../../engine/types.ts';
import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import { type Compression, compress } from '../xva/compression.ts';
import { allVms, exportMetadata as describeVms, exportVm as sendVm } from '../xva/export.ts';
import type { ImportRequest } from '../../ops/xva/objects.ts';
import { importVms } from '../xva/import.ts';
import { serializeValue } from '../../wire/xmlrpc.ts';
import type { TransferJob } from './job.ts';
import type { Download, Upload } from './wire.ts';

const vmOf = ({ services: { db }, query }: TransferJob): Ref<'VM'> => {
  const uuid = query.get('uuid') ?? '';
  const ref = query.has('ref') ? ((query.get('ref') ?? '') as Ref<'VM'>) : (db.byUuid('VM', uuid) ?? (uuid as Ref<'VM'>));
  db.need('VM', ref);
  return ref;
};

const isTrue = ({ query }: TransferJob, name: string, otherwise = false): boolean => {
  const value = query.get(name);
  return value === null ? otherwise : value === 'true';
};

const compressionOf = ({ query }: TransferJob): Compression => {
  const wanted = query.get('use_compression');
  if (wanted === 'true' || wanted === 'gzip') return 'gzip';
  return wanted === 'zstd' ? 'zstd' : 'none';
};

const callOf = ({ services, task, signal }: TransferJob) => ({
  services,
  task: task.ref,
  signal,
  log: services.log,
  progress: (progress: PlanProgress) => task.progress(progress),
  setCancellable: (isCancellable: boolean) => task.setCancellable(isCancellable),
});

export const exportVm = async (job: TransferJob, to: Download): Promise<void> => {
  const vm = vmOf(job);
  await sendVm(callOf(job), vm, { preservePowerState: isTrue(job, 'preserve_power_state') }, async pieces => {
    to.begin(undefined, 'export.xva');
    await pipeline(Readable.from(compress(pieces, compressionOf(job)), { objectMode: false }), to.stream, { signal: job.signal });
  });
};

export const exportMetadata = async (job: TransferJob, to: Download): Promise<void> => {
  const { services, query } = job;
  const vms = isTrue(job, 'all') ? allVms(services.db, { withControlDomains: isTrue(job, 'include_dom0', true) }) : [vmOf(job)];
  const archive = await describeVms(callOf(job), {
    vms,
    withSnapshots: isTrue(job, 'export_snapshots', true),
    without: new Set((query.get('excluded_device_types') ?? '').split(',')),
  });
  to.begin(archive.length, 'export.xva');
  await pipeline(Readable.from([archive]), to.stream, { signal: job.signal });
};

const srOf = ({ services: { db }, query }: TransferJob): Ref<'SR'> | 'default' => {
  const [ref, uuid] = [query.get('sr_id'), query.get('sr_uuid')];
  if (ref !== null) {
    db.need('SR', ref as Ref<'SR'>);
    return ref as Ref<'SR'>;
  }
  if (uuid === null) return 'default';
  const found = db.byUuid('SR', uuid);
  if (found === undefined) throw new XenError('UUID_INVALID', ['SR', uuid]);
  return found;
};

const mapped = ({ query }: TransferJob): ReadonlyMap<string, string> =>
  new Map([...query].flatMap(([name, value]) => (name.startsWith('vdi:') ? [[name.slice('vdi:'.length), value] as const] : [])));

const receive = async (job: TransferJob, from: Upload, sr: ImportRequest['sr']): Promise<string> => {
  from.begin();
  const vms = await importVms(callOf(job), from.body, {
    restore: isTrue(job, 'restore'),
    force: isTrue(job, 'force'),
    dryRun: isTrue(job, 'dry_run'),
    sr,
    vdis: mapped(job),
  });
  return serializeValue(vms);
};

export const importVm = (job: TransferJob, from: Upload): Promise<string> => receive(job, from, srOf(job));
export const importMetadata = (job: TransferJob, from: Upload): Promise<string> => receive(job, from, 'none');
