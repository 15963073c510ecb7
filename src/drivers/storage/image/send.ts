// Sends the content of one layer, or of a whole chain, to an NBD export by `qemu-img convert`.
//
// `layer`: with a backing image named for the target, convert writes exactly the clusters that the topmost layer holds itself, its
// explicit zeroes among them, and leaves out the rest. `all`: the target is known to be empty, so zeroes are skipped.
// Out of order (-W) with 8 requests in flight; the target is flushed at the end.

import type { CopyTarget, CopyOptions } from '../../storage.ts';
import type { SendSource } from '../layered/images.ts';
import { progressReader, runQemuImg } from './qemu-img.ts';
import { optionValue, type TlsFiles, writeTlsFiles } from './tls-files.ts';
import { DriverError } from '../../hypervisor.ts';

const requestsInFlight = 8;

/** The target as a block device of QEMU; with TLS by the credentials of the id `tls`. */
export const targetOptions = (target: CopyTarget, peerName: string | undefined): string => {
  const name = `driver=nbd,export=${optionValue(target.exportName)}`;
  if (target.kind === 'nbd-unix') return `${name},server.type=unix,server.path=${optionValue(target.path)}`;
  const server = `${name},server.type=inet,server.host=${optionValue(target.host)},server.port=${target.port}`;
  return target.tls ? `${server},tls-creds=tls,tls-hostname=${optionValue(peerName ?? '')}` : server;
};

export const sendArgs = (source: SendSource, target: CopyTarget, options: CopyOptions, credentials: TlsFiles | undefined): string[] => [
  'convert',
  '-p',
  '-n',
  '-W',
  '-m',
  String(requestsInFlight),
  '-t',
  'writeback',
  '-f',
  source.format,
  ...(credentials ? ['--object', credentials.object] : []),
  ...(options.bandwidthBytesPerSecond === undefined ? [] : ['-r', String(options.bandwidthBytesPerSecond)]),
  ...(options.what === 'layer' && source.below ? ['-B', source.below.path, '-F', source.below.format] : ['--target-is-zero']),
  '--target-image-opts',
  source.path,
  targetOptions(target, options.tls?.peerName),
];

/** Resolves when all is written and flushed at the target. An abort leaves the target half written, which is its owner's to drop. */
export const sendImage = async (source: SendSource, target: CopyTarget, options: CopyOptions, runDir: string): Promise<void> => {
  const wantsTls = target.kind === 'nbd' && target.tls;
  if (wantsTls && !options.tls) throw new DriverError('bad-config', 'the target wants TLS, but no certificates were given');
  await using credentials = wantsTls && options.tls ? await writeTlsFiles(runDir, 'client', options.tls) : undefined;
  const report = (fraction: number): void =>
    options.onProgress?.({ doneBytes: Math.round(fraction * source.expectedBytes), totalBytes: source.expectedBytes });
  report(0);
  await runQemuImg('send disk content', sendArgs(source, target, options, credentials), {
    signal: options.signal,
    onOutput: progressReader(report),
  });
  report(1);
};
