// The floor of throughput: `qemu-img convert` of the same image over plain NBD on the loopback, to an export of qemu-storage-daemon.

import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../tools/hosts/host.ts';
import { DISK_BYTES } from './disk.ts';
import { run, serve } from './program.ts';

/** How the export writes: through the page cache, as it does when nothing is said, or past it. */
export type Writes = 'cached' | 'direct';

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });

/** Milliseconds until all is written and flushed. `target` is made, and removed again. */
export async function convertOverNbd(source: string, target: string, writes: Writes): Promise<number> {
  const port = await freePort();
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', target, String(DISK_BYTES)]);
  const image = `driver=qcow2,node-name=image,discard=unmap,cache.direct=${writes === 'direct' ? 'on' : 'off'},file.driver=file`;
  const daemon = [
    ...['--blockdev', `${image},file.filename=${target}`],
    ...['--nbd-server', `addr.type=inet,addr.host=127.0.0.1,addr.port=${port}`],
    ...['--export', 'type=nbd,id=export,node-name=image,name=disk,writable=on'],
  ];
  try {
    await using _serving = await serve('qemu-storage-daemon', daemon, async () => {
      while (!(await answers(port))) await sleep(10);
    });
    // The guest has the image open; it is idle.
    const how = ['-U', '-n', '--target-is-zero', '-W', '-m', '8', '-f', 'qcow2', '-O', 'raw'];
    return await run('qemu-img', ['convert', ...how, source, `nbd://127.0.0.1:${port}/disk`]);
  } finally {
    rmSync(target, { force: true });
  }
}
