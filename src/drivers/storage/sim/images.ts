// The work on simulated images. Content goes between simulated hosts as lines of JSON over a socket, so that they may be processes of
// their own; there is no encryption, since there is no content to protect.

import { createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { createFaults } from '../../faults.ts';
import { DriverError } from '../../hypervisor.ts';
import type { CopyTarget } from '../../storage.ts';
import type { ExportRequest, ImageExport, Images } from '../layered/images.ts';
import { openSimContent } from './content.ts';
import { besides, type SimDisks } from './disks.ts';
import { blocksOfFile, type SimImage, writeDifference, writeFileOf } from './exchange.ts';
import { linesOf, parseLine } from './lines.ts';
import { sendBlocks } from './sending.ts';
import { compareWithShown, show } from './shown.ts';

/** Takes lines of blocks until the other side ends; answers each with a line: `ok`, or the reason why not. */
const serve = (socket: Socket, disks: SimDisks, request: ExportRequest): void => {
  socket.on('error', () => socket.destroy());
  linesOf(socket, () => socket.destroy()).on('line', line => {
    try {
      const message = parseLine(line);
      if (message?.name !== request.name) throw new DriverError('not-found', 'no such export');
      for (const [block, text] of message.blocks) disks.write(request.path, block, text);
      socket.write('ok\n');
    } catch (error) {
      socket.end(`${error instanceof DriverError ? error.kind : 'failed'}\n`);
    }
  });
};

const listen = async (
  server: Server,
  address: string,
): Promise<{ readonly target: (name: string, tls: boolean) => CopyTarget } & AsyncDisposable> => {
  const dir = address === 'unix' ? await mkdtemp(join(tmpdir(), 'xcp-sim-')) : undefined;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  if (dir !== undefined) server.listen(join(dir, 'export'), listening.resolve);
  else server.listen(0, address, listening.resolve);
  await listening.promise;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    target: (exportName, tls) =>
      dir === undefined
        ? { kind: 'nbd', host: address, port, exportName, tls }
        : { kind: 'nbd-unix', path: join(dir, 'export'), exportName },
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => server.close(() => resolve()));
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    },
  };
};

const openExport = async (disks: SimDisks, request: ExportRequest, changed: () => Promise<void>): Promise<ImageExport> => {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (request.readOnly) show(socket, disks, request);
    else serve(socket, disks, request);
  });
  const bound = await listen(server, request.address);
  return {
    target: bound.target(request.name, request.tls !== undefined),
    async close() {
      for (const socket of sockets) socket.destroy();
      await bound[Symbol.asyncDispose]();
      await changed();
    },
  };
};

/** `changed` makes what was done durable. */
export const simImages = (disks: SimDisks, step: ReturnType<typeof createFaults>, changed: () => Promise<void>): Images => ({
  async create(path, sizeBytes, below) {
    await step('image.create', path);
    disks.put(path, { sizeBytes, blocks: new Map(), ...(below && { below: besides(path, below.name) }) });
    await changed();
  },
  async resize({ path }, sizeBytes) {
    await step('image.resize', path);
    disks.put(path, { ...disks.need(path), sizeBytes });
    await changed();
  },
  async merge(upper, lower, { signal }) {
    await step('image.merge', upper.path, signal);
    const [from, to] = [disks.need(upper.path), disks.need(lower.path)];
    const blocks = new Map([...to.blocks, ...from.blocks]);
    disks.put(lower.path, { ...to, sizeBytes: Math.max(from.sizeBytes, to.sizeBytes), blocks });
    await changed();
  },
  async repoint(path, below) {
    await step('image.repoint', path);
    disks.put(path, { ...disks.need(path), below: besides(path, below.name) });
    await changed();
  },
  async copy(source, targetPath, { signal, onFraction }) {
    await step('image.copy', source.path, signal);
    for (const [block, text] of disks.content(source.path)) disks.write(targetPath, block, text);
    await changed();
    onFraction(1);
  },
  async send(source, target, options) {
    await step('image.send', source.path, options.signal);
    await sendBlocks(options.what === 'layer' ? disks.need(source.path).blocks : disks.content(source.path), target, options);
  },
  async compare(source, target, { signal }) {
    await step('image.compare', source.path, signal);
    return compareWithShown(disks.content(source.path), target, signal);
  },
  async openExport(request) {
    await step('image.openExport', request.name);
    return openExport(disks, request, changed);
  },
  async openContent({ path, name }) {
    await step('image.openContent', name);
    return openSimContent(disks, path, changed);
  },
  async exportFile({ path }, file, options) {
    await step('image.exportFile', path, options.signal);
    const { base, ...rest } = options;
    const imageOf = (at: string): SimImage => ({ sizeBytes: disks.need(at).sizeBytes, content: disks.content(at) });
    if (base === undefined) await writeFileOf(imageOf(path), file, rest);
    else await writeDifference(imageOf(path), imageOf(base.path), base.name, file, rest);
  },
  async importFile(file, { path }, _target, options) {
    await step('image.importFile', path, options.signal);
    for await (const [block, text] of blocksOfFile(file, at => disks.read(path, at), options)) disks.write(path, block, text);
    await changed();
    options.onFraction?.(1);
  },
  endStaleExports: async () => undefined,
});
