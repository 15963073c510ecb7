// Domain 0 of a Xen host, as the contract of a control domain has it: xl for what is live, GRUB's configuration for the next boot, systemd for
// the power of the machine.

import { systemClock } from '../../../lib/clock.ts';
import { createLocks } from '../../../lib/locks.ts';
import type { ControlDomain, ControlDomainState, HostPower, Pinning } from '../../control-domain.ts';
import { DriverError } from '../../hypervisor.ts';
import { ToolError } from '../../tool.ts';
import { keepBootSettings, readBootSettings } from './boot-settings.ts';
import type { Dom0 } from './dom0.ts';
import type { StoreLink } from './store-link.ts';
import { runXl } from './xl.ts';
import { parseColonLines, parseVcpuPins, type VcpuPin } from './xl-info.ts';

const KIB = 1024;
const MIB = 1 << 20;
const POWER_MS = 60_000;
const VCPU_MS = 15_000;
const VCPU_LOOK_MS = 300;
const KEY = 'domain 0';

export interface DomainZeroParts {
  readonly dom0: Dom0;
  readonly store: Pick<StoreLink, 'open'>;
}

/** Of the processors that are switched on; the others are pinned by whoever switches them on. */
export const pinningOf = (pins: readonly VcpuPin[]): Pinning => {
  const online = pins.filter(({ isOnline }) => isOnline);
  if (online.every(({ cpus }) => cpus === 'all')) return 'none';
  return online.every(({ vcpu, cpus }) => cpus === String(vcpu)) ? 'own' : 'mixed';
};

const bytesOf = (kib: string | undefined): number | undefined => (/^\d{1,15}$/.test(kib ?? '') ? Number(kib) * KIB : undefined);

const listPins = async (dom0: Dom0): Promise<readonly VcpuPin[]> =>
  parseVcpuPins(await runXl(dom0, ['vcpu-list', '0'], { tried: "reading the control domain's processors" }));

/** libxl writes a target down when it first has to do with one: until then the domain has what it was booted with. */
const bootedBytes = async (dom0: Dom0): Promise<number> => {
  const found = /^\S+ +0 +(\d+) /m.exec(await runXl(dom0, ['list', '0'], { tried: "reading the control domain's memory" }));
  if (found === null) throw new DriverError('failed', 'Xen does not tell how much memory the control domain has');
  return Number(found[1]) * MIB;
};

const readState = async ({ dom0, store }: DomainZeroParts): Promise<ControlDomainState> => {
  const [info, pins, open] = await Promise.all([
    runXl(dom0, ['info'], { tried: 'asking Xen' }).then(parseColonLines),
    listPins(dom0),
    store.open(),
  ]);
  const meminfo = parseColonLines((await dom0.readText('/proc/meminfo')) ?? '');
  const [total, available] = ['MemTotal', 'MemAvailable'].map(key => bytesOf(/^\d+/.exec(meminfo.get(key) ?? '')?.[0]));
  const [target, most] = await Promise.all(
    ['target', 'static-max'].map(async name => bytesOf(await open.readText(`/local/domain/0/memory/${name}`))),
  );
  const [cpus, machineMib] = [Number(info.get('nr_cpus')), Number(info.get('total_memory'))];
  if (!Number.isSafeInteger(cpus) || !Number.isSafeInteger(machineMib) || pins.length === 0)
    throw new DriverError('failed', 'Xen does not tell how many processors and how much memory this machine has');
  return {
    cpus,
    vcpus: pins.filter(({ isOnline }) => isOnline).length,
    vcpusMax: pins.length,
    pinning: pinningOf(pins),
    memoryBytes: target ?? (await bootedBytes(dom0)),
    ...(most !== undefined && most > 0 && { memoryMaxBytes: most }),
    ...(total !== undefined && available !== undefined && { usedBytes: total - available }),
    machineMemoryBytes: machineMib * MIB,
  };
};

/** Its kernel switches processors off by itself, but one that comes back only appears: somebody has to switch it on. */
const SWITCH_ON = 'for cpu; do file=/sys/devices/system/cpu/cpu$cpu/online; if [ -w $file ]; then echo 1 >$file; fi; done';

const switchOn = async (dom0: Dom0, vcpus: readonly number[]): Promise<void> => {
  if (vcpus.length === 0) return;
  try {
    await dom0.run('sh', ['-c', SWITCH_ON, 'sh', ...vcpus.map(String)], { signal: AbortSignal.timeout(VCPU_MS) });
  } catch (error) {
    // It is tried again, and in the end told, by whoever waits for them.
    if (!(error instanceof ToolError)) throw error;
  }
};

/** Nobody tells when the kernel has followed: it is looked at a few times. */
const setVcpus = async (dom0: Dom0, count: number): Promise<void> => {
  const most = (await listPins(dom0)).length;
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new DriverError(
      'bad-config',
      `the control domain was booted with ${most} processors and cannot have ${count} before the next boot`,
    );
  await runXl(dom0, ['vcpu-set', '0', String(count)], { tried: "changing the control domain's processors" });
  const limit = AbortSignal.timeout(VCPU_MS);
  for (;;) {
    const pins = await listPins(dom0);
    if (pins.filter(({ isOnline }) => isOnline).length === count) return;
    await switchOn(
      dom0,
      pins.filter(({ vcpu, isOnline }) => !isOnline && vcpu < count).map(({ vcpu }) => vcpu),
    );
    if (limit.aborted)
      throw new DriverError('guest-refused', `the kernel of the control domain does not follow: it was asked for ${count} vCPUs`);
    await systemClock.sleep(VCPU_LOOK_MS);
  }
};

/** xl pins one processor at a time, unless all go the same way. */
const pin = async (dom0: Dom0, pinning: 'none' | 'own'): Promise<void> => {
  const tried = "pinning the control domain's processors";
  if (pinning === 'none') return void (await runXl(dom0, ['vcpu-pin', '0', 'all', 'all'], { tried }));
  for (const { vcpu, cpus } of await listPins(dom0)) {
    if (cpus !== String(vcpu)) await runXl(dom0, ['vcpu-pin', '0', String(vcpu), String(vcpu)], { tried });
  }
};

const setPower = async (dom0: Dom0, verb: 'reboot' | 'poweroff'): Promise<void> => {
  try {
    await dom0.run('systemctl', [verb], { signal: AbortSignal.timeout(POWER_MS), outlives: true });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new DriverError(
      error.exitCode === 127 ? 'unsupported' : 'failed',
      `systemctl ${verb}: ${error.stderr.trim() || 'it gave no reason'}`,
      {
        cause: error,
      },
    );
  }
};

export const createDomainZero = (parts: DomainZeroParts): ControlDomain => {
  const { dom0 } = parts;
  const locks = createLocks<string>();
  /** One change at a time: GRUB's configuration is made from the file as it is then. */
  const alone = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const release = await locks.acquire([KEY], what);
    try {
      return await work();
    } finally {
      release();
    }
  };
  return {
    state: () => readState(parts),
    bootSettings: () => readBootSettings(dom0),
    keepForBoot: settings => alone('boot', () => keepBootSettings(dom0, settings)),
    setVcpus: count => alone('processors', () => setVcpus(dom0, count)),
    pin: pinning => alone('pins', () => pin(dom0, pinning)),
    setMemory: bytes =>
      alone('memory', async () => {
        if (!Number.isSafeInteger(bytes) || bytes <= 0)
          throw new DriverError('bad-config', `${bytes} bytes are no size of a control domain`);
        await runXl(dom0, ['mem-set', '0', `${Math.floor(bytes / KIB)}k`], { tried: "setting the control domain's memory" });
      }),
  };
};

/** The control domain's system takes Xen, and with it the machine, along. */
export const createHostPower = (dom0: Dom0): HostPower => ({ shutdown: ({ restart }) => setPower(dom0, restart ? 'reboot' : 'poweroff') });
