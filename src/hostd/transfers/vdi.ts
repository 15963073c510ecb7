// The content of disks as files: GET /export_raw_vdi and PUT /import_raw_vdi. Raw ones are read as they lie there, from any byte on, so that a
// download that broke off can go on. Others, and all that come, lie in the spool while the SR's driver converts them: an upload that breaks off
// leaves the disk as it was.

import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { imageSize } from '../../drivers/storage/image/exchange.ts';
import { exchangeFormats, type ExchangeFormat, type SrDriver, type VolumeContent } from '../../drivers/storage.ts';
import type { Ref } from '../../lib/brand.ts';
import { notImplemented, XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { assertVdi, holding } from '../../ops/operation.ts';
import { attachedDriver } from '../../ops/sr/attached.ts';
import { useOf } from '../../ops/vdi/allowed.ts';
import { refreshSr } from '../../ops/sr/sizes.ts';
import type { RunningTask } from '../tasks.ts';
import type { TransferJob } from './job.ts';
import type { Download, Upload } from './wire.ts';

/** Sends a disk. */
export const exportVdi = async (job: TransferJob, to: Download): Promise<void> => {
  const [ref, vdi] = vdiOf(job);
  const format = formatOf(job);
  const base = baseOf(job, vdi);
  if (base !== undefined && format !== 'qcow2')
    throw new XenError('VALUE_NOT_SUPPORTED', ['base', base, `differences are written as qcow2, not as ${format}`]);
  if (format === 'raw') await holdingDisk(job, ref, vdi, { isWritten: false }, driver => sendBytes(job, driver, vdi, to));
  else await sendImage(job, ref, vdi, { format, base }, to);
};

/** As it lies there: each part of it can be had at once, and again. */
const sendBytes = async ({ signal, task }: TransferJob, driver: SrDriver, vdi: RecordOf<'VDI'>, to: Download): Promise<void> => {
  const content = await driver.openContent(vdi.uuid, { readOnly: true });
  try {
    const { sizeBytes } = content;
    const startBytes = to.begin(sizeBytes, `${vdi.uuid}.raw`, await content.version());
    const onBytes = (doneBytes: number): void => tell(task, 'sending', doneBytes / sizeBytes);
    await pipeline(Readable.from(contentBytes(content, startBytes, { signal, onBytes }), { objectMode: false }), to.stream, { signal });
  } finally {
    await content.close();
  }
};

/** The bytes of a disk from `startBytes` on; where nothing is, nothing is read. */
async function* contentBytes(
  content: VolumeContent,
  startBytes: number,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (doneBytes: number) => void },
): AsyncGenerator<Buffer> {
  const { sizeBytes } = content;
  const empty = Buffer.alloc(READ_BYTES);
  const areas = [...(await content.extents({ signal })), { offsetBytes: sizeBytes, lengthBytes: 0 }];
  let at = startBytes;
  for (const { offsetBytes, lengthBytes } of areas) {
    const end = Math.min(offsetBytes + lengthBytes, sizeBytes);
    while (at < Math.max(offsetBytes, end)) {
      const isHole = at < offsetBytes;
      const size = Math.min(READ_BYTES, (isHole ? offsetBytes : end) - at);
      yield isHole ? empty.subarray(0, size) : await content.read(at, size);
      at += size;
      onBytes(at);
    }
  }
}

/** Converted into a file first, which is half of the way. */
const sendImage = async (
  job: TransferJob,
  ref: Ref<'VDI'>,
  vdi: RecordOf<'VDI'>,
  { format, base }: { readonly format: ExchangeFormat; readonly base: string | undefined },
  to: Download,
): Promise<void> => {
  const { spool, signal, task } = job;
  await using file = spool.take();
  const onFraction = (fraction: number): void => tell(task, 'converting', fraction / 2);
  await holdingDisk(job, ref, vdi, { isWritten: false }, driver =>
    driver.exportTo(vdi.uuid, { path: file.path, format }, { signal, onFraction, ...(base !== undefined && { base }) }),
  );
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
  await holdingDisk(job, ref, vdi, { isWritten: true }, async driver => {
    const size = await imageSize(file.path, format);
    if (size > vdi.virtual_size) throw tooLarge(size, vdi);
    await driver.importFrom(vdi.uuid, { path: file.path, format }, { signal, onFraction });
  });
  await refreshSr(services, vdi.SR);
};

const CHUNK_BYTES = 256 * 1024;
const READ_BYTES = 1024 ** 2;

const tell = (task: RunningTask, label: string, fraction: number): void => task.progress({ label, fraction });

const tooLarge = (size: number, vdi: RecordOf<'VDI'>): XenError => new XenError('VDI_TOO_LARGE', [String(size), String(vdi.virtual_size)]);

const vdiOf = ({ services: { db }, query }: TransferJob): readonly [Ref<'VDI'>, RecordOf<'VDI'>] => {
  const text = query.get('vdi') ?? '';
  const ref = db.byUuid('VDI', text) ?? (text as Ref<'VDI'>);
  return [ref, db.need('VDI', ref)];
};

/** The uuid of the disk that the file is to stand on. */
const baseOf = ({ services: { db }, query }: TransferJob, vdi: RecordOf<'VDI'>): string | undefined => {
  const text = query.get('base');
  if (text === null) return undefined;
  const base = db.need('VDI', db.byUuid('VDI', text) ?? (text as Ref<'VDI'>));
  if (base.SR !== vdi.SR)
    throw new XenError('VALUE_NOT_SUPPORTED', ['base', base.uuid, 'it lies in another storage repository than the disk']);
  return base.uuid;
};

const formatOf = ({ query }: TransferJob): ExchangeFormat => {
  const wanted = query.get('format') ?? 'raw';
  const found = exchangeFormats.find(format => format === wanted);
  if (found === undefined) throw notImplemented(`disks as ${wanted}`);
  return found;
};

/** The disk is held while `work` goes on, so that nobody else uses it meanwhile. */
const holdingDisk = async (
  { services, task }: TransferJob,
  ref: Ref<'VDI'>,
  vdi: RecordOf<'VDI'>,
  { isWritten }: { readonly isWritten: boolean },
  work: (driver: SrDriver) => Promise<void>,
): Promise<void> => {
  const driver = attachedDriver(services, vdi.SR);
  await holding(
    { services, task: task.ref },
    [{ cls: 'VDI', ref, op: 'copy' }],
    tx => {
      const now = assertVdi(tx, ref, 'copy');
      if (isWritten && useOf(tx, now).attached) throw new XenError('VDI_IN_USE', [ref, 'import']);
    },
    () => work(driver),
    { vdi: ref },
  );
};
