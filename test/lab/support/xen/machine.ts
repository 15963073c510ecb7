// A Xen host: an emulated machine of its own, on which the hypervisor and a Debian dom0 boot in about twenty seconds. Ends with this process.
//
// Three settings are not optional under emulation: without `-smap` dom0 crashes at once, without `-rdtscp` PVH guests die, and without `eager-fpu`
// registers leak from one domain into another, which corrupts data silently.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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
  /** Ends the machine as a power cut does; what is resolved with boots it anew. Its root is a fresh one then, its disk `state` the one it had. */
  cutPower(): Promise<() => Promise<XenMachine>>;
}

export interface MachineOptions {
  readonly name: string;
  /** A read-only ext4 image, mounted at /xcp. */
  readonly extraDisk?: string;
  /** A raw image for what must survive a power cut: /dev/vdc there, beside an extra disk. */
  readonly stateDisk?: string;
  readonly memoryMib?: number;
  /** What its control domain has of that. */
  readonly dom0Mib?: number;
  /** Processors, of the machine and of its control domain. Default: one. */
  readonly cpus?: number;
  /** A cable to one other machine: where frames come from and go to, and this one's address on it. */
  readonly cable?: { readonly near: string; readonly far: string; readonly address: string };
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

const xenArguments = (dom0Mib: number, cpus: number): string =>
  `dom0_mem=${dom0Mib}M,max:${dom0Mib}M dom0_max_vcpus=${cpus} com1=115200 console=com1 loglvl=all guest_loglvl=all noreboot spec-ctrl=eager-fpu`;

/** Each frame costs an emulated processor about as much, whatever its size. */
const CABLE_MTU = 9000;

const cableArguments = ({ near, far, address }: NonNullable<MachineOptions['cable']>): readonly string[] => [
  ...['-netdev', `dgram,id=n1,local.type=unix,local.path=${near},remote.type=unix,remote.path=${far}`],
  ...[
    '-device',
    `virtio-net-pci,netdev=n1,mac=52:54:00:bb:00:${(Number(address.split('.').at(-1)) & 0xff).toString(16).padStart(2, '0')},romfile=,host_mtu=${CABLE_MTU}`,
  ],
];

/** `XCP_LAB_XEN`: `<port>:<key>`, comma, one more: hosts that run already, so that a suite can be tried again without their boot. */
const running = async (place: number): Promise<XenMachine | undefined> => {
  const [port, keyPath] = (process.env['XCP_LAB_XEN']?.split(',')[place] ?? '').split(':');
  if (port === undefined || keyPath === undefined) return undefined;
  const directory = await mkdtemp('/tmp/xcp-xen-');
  const dom0 = sshDom0({ port: Number(port), keyPath, directory });
  const dispose = async (): Promise<void> => {
    await dom0.close();
    await rm(directory, { recursive: true, force: true });
  };
  const cutPower = (): Promise<never> => Promise.reject(new Error('a host that was running before is not this test’s to end'));
  return { dom0, console: () => Promise.resolve(''), cutPower, [Symbol.asyncDispose]: dispose };
};

export const bootXenMachine = async (image: XenImage, options: MachineOptions): Promise<XenMachine> =>
  (await running(0)) ?? boot(image, options);

const boot = async (image: XenImage, options: MachineOptions): Promise<XenMachine> => {
  const { name, extraDisk, stateDisk, memoryMib = 3072, dom0Mib = 1024, cpus = 1, cable } = options;
  const directory = await mkdtemp('/tmp/xcp-xen-');
  const [overlay, log] = [join(directory, 'root.qcow2'), join(directory, 'console.log')];
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.root, overlay]);
  const port = await freePort();
  const address = cable === undefined ? '' : ` lab.ip=${cable.address}`;
  const init = image.kind === 'fresh' ? ' lab.init=/lib/systemd/systemd' : '';
  const linux = `console=hvc0 lab.name=${name}${address}${init} quiet loglevel=4 mitigations=off net.ifnames=0`;
  const drive = (path: string, format: string, id: string, more = '', properties = ''): readonly string[] => [
    '-drive',
    `file=${path},format=${format},if=none,id=${id},cache=unsafe${more}`,
    '-device',
    `virtio-blk-pci,drive=${id}${properties}`,
  ];
  const machine = await startTool(
    'qemu-system-x86_64',
    [
      ...['-name', name, '-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max,-smap,-rdtscp', '-smp', String(cpus)],
      ...['-m', String(memoryMib), '-nodefaults', '-display', 'none', '-no-reboot', '-serial', `file:${log}`],
      ...['-kernel', image.hypervisor, '-append', xenArguments(dom0Mib, cpus)],
      // The list of modules is cut at commas, so those within are doubled.
      ...['-initrd', `${image.kernel} ${linux.replaceAll(',', ',,')},${image.firstRamdisk}`],
      ...drive(overlay, 'qcow2', 'root'),
      ...(extraDisk === undefined ? [] : drive(extraDisk, 'raw', 'extra', ',readonly=on')),
      ...(stateDisk === undefined ? [] : drive(stateDisk, 'raw', 'state')),
      ...guestFiles(image).flatMap(({ from, serial }) => drive(from, 'raw', serial, ',readonly=on', `,serial=${serial}`)),
      ...['-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:aa:00:01,romfile='],
      ...(cable === undefined ? [] : cableArguments(cable)),
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
    if (cable !== undefined) await dom0.sh(`ip link set lan0 mtu ${CABLE_MTU}`);
    for (const file of guestFiles(image)) await handOver(dom0, file);
  } catch (error) {
    const tail = (await console()).slice(-3000);
    await dispose();
    throw new Error(`the Xen host ${name} did not come up: ${tail}`, { cause: error });
  }
  const cutPower = async (): Promise<() => Promise<XenMachine>> => {
    await dispose();
    return () => boot(image, options);
  };
  return { dom0, console, cutPower, [Symbol.asyncDispose]: dispose };
};

/** What guests boot comes on disks: through ssh it takes an emulated processor half a minute. */
const guestFiles = (image: XenImage) =>
  [
    { from: image.guestRamdisk, serial: 'ramdisk', to: '/guest/tiny.img' },
    { from: image.kernel, serial: 'kernel', to: '/guest/vmlinuz' },
  ] as const;

const handOver = async (dom0: SshDom0, { from, serial, to }: ReturnType<typeof guestFiles>[number]): Promise<void> => {
  const { size } = await stat(from);
  await dom0.sh(`disk=$(grep -lx ${serial} /sys/block/vd*/serial) && disk=\${disk%/*} && head -c ${size} "/dev/\${disk##*/}" >${to}`);
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

/** Two hosts on one cable, 10.77.0.1 and 10.77.0.2; booted at the same time. `ofRight`: what only the second one has. */
export const bootXenPair = async (
  image: XenImage,
  options: Omit<MachineOptions, 'name' | 'cable'> = {},
  ofRight: Pick<MachineOptions, 'stateDisk'> = {},
): Promise<readonly [XenMachine, XenMachine]> => {
  const [one, other] = [await running(0), await running(1)];
  if (one !== undefined && other !== undefined) return [one, other];
  const directory = await mkdtemp('/tmp/xcp-xen-cable-');
  const [left, right] = [join(directory, 'a'), join(directory, 'b')];
  const booting = [
    boot(image, { ...options, name: 'left', cable: { near: left, far: right, address: '10.77.0.1' } }),
    boot(image, { ...options, ...ofRight, name: 'right', cable: { near: right, far: left, address: '10.77.0.2' } }),
  ] as const;
  try {
    const [first, second] = await Promise.all(booting);
    const dispose = async (): Promise<void> => {
      await first[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    };
    return [{ ...first, [Symbol.asyncDispose]: dispose }, second];
  } catch (error) {
    for (const result of await Promise.allSettled(booting)) if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
};
