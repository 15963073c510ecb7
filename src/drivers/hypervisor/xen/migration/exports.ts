// A disk that waits to be mirrored: its image, open over NBD on a unix socket, until its guest arrives. The server lives as long as its standard input
// is open, so it ends with this process whatever ends that, and it has let go of the image when `close` resolves: the domain's own QEMU opens images
// without asking for QEMU's lock, so nobody but this order keeps two from writing to one.

import { DriverError } from '../../../hypervisor.ts';
import type { VolumeSource } from '../../../storage.ts';
import { ToolError } from '../../../tool.ts';
import { qemuError } from '../../qmp/errors.ts';
import type { Conversation, Dom0 } from '../dom0.ts';
import { consume } from './pipes.ts';

const START_MS = 60_000;
const CLIENTS = 4;

/** $1: where its pid is told once it serves. The rest: its arguments. */
const SCRIPT = `pidfile=$1
shift
qemu-nbd --pid-file "$pidfile" "$@" </dev/null >&2 &
server=$!
until [ -s "$pidfile" ]; do
  kill -0 "$server" 2>/dev/null || { wait "$server"; exit; }
  sleep 0.05
done
echo serving
cat >/dev/null
kill "$server"
wait "$server"`;

export interface DiskExport {
  readonly name: string;
  readonly socketPath: string;
  /** Resolves when the image is closed and all of it is written; rejects when the server ended badly. */
  close(): Promise<void>;
}

const optionValue = (text: string): string => text.replaceAll(',', ',,');

/** Rejects with nothing left over. */
export const openExport = async (dom0: Dom0, directory: string, name: string, source: VolumeSource): Promise<DiskExport> => {
  const [socketPath, pidFile] = [`${directory}/d-${name}.sock`, `${directory}/d-${name}.pid`];
  const image = `driver=${source.format},discard=unmap,file.driver=file,file.filename=${optionValue(source.path)}`;
  const server = await dom0.converse('sh', [
    ...['-c', SCRIPT, 'xcp-export', pidFile],
    ...[
      '--persistent',
      '--shared',
      String(CLIENTS),
      '--discard=unmap',
      '--export-name',
      name,
      '--socket',
      socketPath,
      '--image-opts',
      image,
    ],
  ]);
  const close = async (): Promise<void> => {
    server.input.end();
    try {
      await server.ended;
    } finally {
      await Promise.all([socketPath, pidFile].map(path => dom0.remove(path)));
    }
  };
  try {
    await untilServing(server);
  } catch (error) {
    await close().catch(() => undefined); // that it failed is what is told
    if (error instanceof ToolError) throw qemuError('opening a disk for the other host', error.stderr, { cause: error });
    throw error;
  }
  let closing: Promise<void> | undefined;
  return { name, socketPath, close: () => (closing ??= close()) };
};

const untilServing = async ({ output, ended }: Conversation): Promise<void> => {
  const told = consume(output, () => Promise.resolve('enough'), AbortSignal.timeout(START_MS));
  if ((await told) === 'enough') return;
  await ended;
  throw new DriverError('failed', 'the server for a disk ended before it served');
};
