// Compares an image, with all below it, with what an NBD export shows, by `qemu-img compare`: every byte of both is read, but for what
// both sides know to be zeroes. Images that other processes have open are read beside them (-U).

import { DriverError } from '../../hypervisor.ts';
import type { Comparison, CopyOptions, CopyTarget } from '../../storage.ts';
import { runTool, ToolError } from '../../tool.ts';
import type { ImageFile } from '../layered/images.ts';
import { imageError, keepBuffers } from './qemu-img.ts';
import { targetOptions } from './send.ts';
import { optionValue, type TlsFiles, writeTlsFiles } from './tls-files.ts';

type CompareOptions = Pick<CopyOptions, 'tls' | 'signal'>;

export const compareArgs = (
  source: ImageFile,
  target: CopyTarget,
  options: CompareOptions,
  credentials: TlsFiles | undefined,
): readonly string[] => [
  'compare',
  '-U',
  ...(credentials ? ['--object', credentials.object] : []),
  '--image-opts',
  `driver=${source.format},file.driver=file,file.filename=${optionValue(source.path)}`,
  targetOptions(target, options.tls?.peerName),
];

/** What qemu-img says of images that differ; undefined for anything else, since its exit status alone does not tell. */
export const readDifference = (said: string): Comparison | undefined => {
  const at = /^Content mismatch at offset (\d+)/m.exec(said)?.[1];
  return at === undefined ? undefined : { equal: false, firstDifferenceBytes: Number(at) };
};

/** An abort leaves nothing. */
export const compareImage = async (source: ImageFile, target: CopyTarget, options: CompareOptions, runDir: string): Promise<Comparison> => {
  const wantsTls = target.kind === 'nbd' && target.tls;
  if (wantsTls && !options.tls) throw new DriverError('bad-config', 'the target wants TLS, but no certificates were given');
  await using credentials = wantsTls && options.tls ? await writeTlsFiles(runDir, 'client', options.tls) : undefined;
  try {
    await runTool('qemu-img', compareArgs(source, target, options, credentials), { signal: options.signal, env: keepBuffers });
    return { equal: true };
  } catch (error) {
    const difference = error instanceof ToolError ? readDifference(error.stdout) : undefined;
    if (difference) return difference;
    throw imageError('compare disk content', error);
  }
};
