// A Xen host: an emulated machine of its own, on which the hypervisor and a Debian dom0 boot in about twenty seconds. Ends with this process.
//
// Three settings are not optional under emulation: without `-smap` dom0 crashes at once, without `-rdtscp` PVH guests die, and without `eager-fpu`
// registers leak from one domain into another, which corrupts data silently.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTool } from '../../../../src/drivers/tool.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { XenImage } from './image.ts';
import { type SshDom0, sshDom0 } from './ssh-dom0.ts';

const run = promisify(execFile);
const BOOT_MS = 10 * 60_000;
const LOOK_MS = 1_000;

export interface XenMachine extends AsyncDisposable {
  readonly dom0: SshDom0;
  /** What the serial line has said. */
  console(): Promise<string>;
}

export interface MachineOptions {
  readonly name: string;
  /** A read-only ext4 image, mounted at /xcp. */
  readonly extraDisk?: string;
  readonly memoryMib?: number;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
};

const XEN_ARGUMENTS =
  'dom0_mem=1G,max:1G dom0_max_vcpus=1 com1=115200 console=com1 loglvl=all guest_loglvl=all noreboot spec-ctrl=eager-fpu';

export const bootXenMachine = async (image: XenImage, { name, extraDisk, memoryMib = 3072 }: MachineOptions): Promise<XenMachine> => {
  const directory = await mkdtemp('/tmp/xcp-xen-');
  const [overlay, log] = [join(directory, 'root.qcow2'), join(directory, 'console.log')];
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.root, overlay]);
  const port = await freePort();
  const linux = `console=hvc0 lab.name=${name} quiet loglevel=4 mitigations=off net.ifnames=0`;
  const drive = (path: string, format: string, id: string): readonly string[] => [
    '-drive',
    `file=${path},format=${format},if=none,id=${id},cache=unsafe`,
    '-device',
    `virtio-blk-pci,drive=${id}`,
  ];
  const machine = await startTool(
    'qemu-system-x86_64',
    [
      ...['-name', name, '-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max,-smap,-rdtscp', '-smp', '1'],
      ...['-m', String(memoryMib), '-nodefaults', '-display', 'none', '-no-reboot', '-serial', `file:${log}`],
      ...['-kernel', image.hypervisor, '-append', XEN_ARGUMENTS],
      // The list of modules is cut at commas, so those within are doubled.
      ...['-initrd', `${image.kernel} ${linux.replaceAll(',', ',,')},${image.firstRamdisk}`],
      ...drive(overlay, 'qcow2', 'root'),
      ...(extraDisk === undefined ? [] : drive(extraDisk, 'raw', 'extra')),
      ...['-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:aa:00:01,romfile='],
      ...['-device', 'virtio-rng-pci'],
    ],
    { bound: true },
  );
  machine.stdin?.end();
  let said = '';
  machine.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  const ended = once(machine, 'close');
  const dom0 = sshDom0({ port, keyPath: image.key, directory });
  const dispose = async (): Promise<void> => {
    await dom0.close();
    machine.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const console = (): Promise<string> => readFile(log, 'latin1').catch(() => '');
  try {
    await untilReady(dom0, name, async () => {
      if (machine.exitCode !== null) throw new Error(`the emulated machine ended: ${said}`);
      if ((await console()).includes('crashed:')) throw new Error('Xen says that dom0 crashed');
    });
    await dom0.copy(image.guestRamdisk, '/guest/tiny.img');
  } catch (error) {
    const tail = (await console()).slice(-3000);
    await dispose();
    throw new Error(`the Xen host ${name} did not come up: ${tail}`, { cause: error });
  }
  return { dom0, console, [Symbol.asyncDispose]: dispose };
};

/** `check` throws when waiting is in vain. */
const untilReady = async (dom0: SshDom0, name: string, check: () => Promise<void>): Promise<void> => {
  const limit = AbortSignal.timeout(BOOT_MS);
  for (;;) {
    limit.throwIfAborted();
    await check();
    // Nothing listens at first; later the file is not there yet.
    const ready = await dom0.sh('cat /run/lab-ready').catch(() => '');
    if (ready.trim() === name) return;
    await systemClock.sleep(LOOK_MS, { signal: limit });
  }
};
