// The QEMU driver: the contract's parts put together. Each part lives in a file of its own; the guests are in the registry.

import type { Logger } from '../../../lib/logger.ts';
import type { HypervisorDriver, HypervisorInfo } from '../../hypervisor.ts';
import { type Accelerator, findAccelerator, qemuVersion } from './accelerator.ts';
import { askAgent } from './agent.ts';
import { hostInfo, shareOf } from './host-info.ts';
import { createHotPlug } from './hotplug.ts';
import { createLayers } from '../qmp/layers.ts';
import { createMemoryImages } from './memory-image.ts';
import { createReceiver } from './migration/receive.ts';
import { createSender } from './migration/send.ts';
import { createPower, setMemoryTarget, statusIfThere } from './power.ts';
import { GuestRegistry } from './registry.ts';
import { trimSerialLogs } from './serial-log.ts';
import { guestStats } from './stats.ts';

const SERIAL_LOG_INTERVAL_MS = 30_000;

export interface QemuDriverOptions {
  /** Everything about guests lies below `<stateDir>/guests`. */
  readonly stateDir: string;
  readonly log: Logger;
  /** Guests get no more than this together; undefined: what the machine has. */
  readonly memoryBytes?: number | undefined;
}

/** Opens no file and starts nothing until a method is called. */
export const createQemuDriver = ({ stateDir, log, memoryBytes }: QemuDriverOptions): HypervisorDriver => {
  const registry = new GuestRegistry(stateDir, log);
  let found: Promise<{ readonly version: string; readonly accelerator: Accelerator }> | undefined;
  const machine = () => {
    found ??= qemuVersion(stateDir).then(async version => ({ version, accelerator: await findAccelerator(stateDir, version) }));
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  const accelerator = async (): Promise<Accelerator> => (await machine()).accelerator;
  const power = createPower(registry, accelerator);
  const trimming = setInterval(() => void trimSerialLogs(stateDir, log), SERIAL_LOG_INTERVAL_MS);
  trimming.unref();

  return {
    kind: 'qemu',
    async probe(): Promise<HypervisorInfo> {
      const info = await hostInfo();
      const guests = memoryBytes === undefined ? [] : await registry.all();
      // What a guest may grow to is its own, whether it has touched it yet or not.
      const promisedBytes = guests.reduce((sum, { handle }) => sum + handle.spec.memoryStaticMaxBytes, 0);
      return { kind: 'qemu', ...(await machine()), ...info, ...shareOf(info, memoryBytes, promisedBytes) };
    },
    async list() {
      const statuses = await Promise.all((await registry.all()).map(statusIfThere));
      return statuses.filter(status => status !== undefined);
    },
    async status(id) {
      return statusIfThere(await registry.find(id));
    },
    ...power,
    ...createMemoryImages(registry, power, accelerator),
    ...createHotPlug(registry),
    ...createLayers(registry),
    async setMemoryTarget(id, bytes) {
      await setMemoryTarget(await registry.get(id), bytes);
    },
    async consoles(id) {
      const { paths } = await registry.get(id);
      return [
        { protocol: 'rfb', socketPath: paths.vnc },
        { protocol: 'vt100', socketPath: paths.serial },
      ];
    },
    async guestMetrics(id) {
      const { paths, handle } = await registry.get(id);
      return askAgent(paths.agent, new Map(handle.spec.nics.map(nic => [nic.mac.toLowerCase(), nic.device])));
    },
    async stats(id) {
      return guestStats(await registry.get(id));
    },
    migration: { ...createReceiver(registry, power, accelerator), ...createSender(registry, log) },
    onEvent: listener => registry.onEvent(listener),
    async close() {
      clearInterval(trimming);
      await registry.close();
    },
  };
};
