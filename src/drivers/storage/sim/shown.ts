// Content that a simulated export shows: a line that names the export asks for it, lines of blocks answer, one without blocks ends them.

import { connect, type Socket } from 'node:net';
import { DriverError } from '../../hypervisor.ts';
import type { Comparison, CopyTarget } from '../../storage.ts';
import type { ExportRequest } from '../layered/images.ts';
import { blockBytes, type SimDisks } from './disks.ts';
import { type Block, inParts, lineOf, linesOf, parseLine } from './lines.ts';

/** Answers on one connection. Whoever asks for another export, or sends blocks, is hung up on. */
export const show = (socket: Socket, disks: SimDisks, { name, path }: ExportRequest): void => {
  socket.on('error', () => socket.destroy());
  linesOf(socket, () => socket.destroy()).on('line', line => {
    const asked = parseLine(line);
    if (asked?.name !== name || asked.blocks.length > 0) return void socket.destroy();
    for (const blocks of inParts(disks.content(path))) socket.write(lineOf({ name, blocks }));
    return void socket.end(lineOf({ name, blocks: [] }));
  });
};

const readShown = async (target: CopyTarget, signal: AbortSignal): Promise<ReadonlyMap<number, string>> => {
  signal.throwIfAborted();
  const socket = target.kind === 'nbd' ? connect(target.port, target.host) : connect(target.path);
  const read = Promise.withResolvers<ReadonlyMap<number, string>>();
  const seen: Block[] = [];
  const onAbort = (): void => read.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('close', () => read.reject(new DriverError('unreachable', 'the other side has closed the connection')));
  const fail = (error: Error): void => read.reject(new DriverError('unreachable', `the other side does not answer: ${error.message}`));
  socket.on('error', fail);
  linesOf(socket, fail).on('line', line => {
    const blocks = parseLine(line)?.blocks ?? [];
    seen.push(...blocks);
    if (blocks.length === 0) read.resolve(new Map(seen));
  });
  try {
    socket.write(lineOf({ name: target.exportName, blocks: [] }));
    return await read.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
};

/** `content`: blocks that are not zero. */
export const compareWithShown = async (
  content: ReadonlyMap<number, string>,
  target: CopyTarget,
  signal: AbortSignal,
): Promise<Comparison> => {
  const shown = await readShown(target, signal);
  const different = [...new Set([...content.keys(), ...shown.keys()])].filter(block => content.get(block) !== shown.get(block));
  return different.length === 0 ? { equal: true } : { equal: false, firstDifferenceBytes: Math.min(...different) * blockBytes };
};
