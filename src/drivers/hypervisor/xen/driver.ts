// The Xen driver: the contract's parts put together. Each part lives in a file of its own; the guests are in the registry.

import type { Logger } from '../../../lib/logger.ts';
import { DriverError, type HypervisorDriver, type HypervisorInfo } from '../../hypervisor.ts';
import { createLayers } from '../qmp/layers.ts';
import { consolesOf, createConsoleServers } from './consoles.ts';
import { type Dom0, localDom0 } from './dom0.ts';
import { createDomainZero, createHostPower } from './domain-zero.ts';
import { hostDomains } from './host-domains.ts';
import { createHotPlug } from './hotplug.ts';
import { createMemoryImages } from './memory-image.ts';
import { statusOf } from './guest-status.ts';
import { readMetrics } from './metrics.ts';
import { createReceiver } from './migration/receive.ts';
import { createSender } from './migration/send.ts';
import { createPower } from './power.ts';
import { XenRegistry } from './registry.ts';
import { guestStats } from './stats.ts';
import { hostFacts } from './xl-info.ts';
import { runXl, shareCalls } from './xl.ts';

export interface XenDriverOptions {
  /** Everything about guests lies below `<stateDir>/guests`. */
  readonly stateDir: string;
  readonly log: Logger;
  /** Default: this machine. */
  readonly dom0?: Dom0;
}

/** Opens no file and starts nothing until a method is called. */
export const createXenDriver = ({ stateDir, log, dom0 = localDom0 }: XenDriverOptions): HypervisorDriver => {
  const registry = new XenRegistry({ stateDir, dom0, log });
  const { power, startFrom } = createPower(registry);
  const servers = createConsoleServers(registry, log);
  /** Guests run all the same; that they cannot be levelled is told once, and not by each that asks. */
  let isUnreadTold = false;
  const onUnread = (error: unknown): undefined => {
    if (!(error instanceof DriverError)) throw error;
    if (!isUnreadTold) log.warn('guests have whatever processor features Xen gives them', { reason: error.message });
    isUnreadTold = true;
    return undefined;
  };
  const askXen = shareCalls(() => runXl(dom0, ['info'], { tried: 'asking Xen' }));

  return {
    kind: 'xen',
    async probe(): Promise<HypervisorInfo> {
      const store = await registry.store.open();
      const [features, info, cpu, controlKiB] = await Promise.all([
        registry.readFeatures().catch(onUnread),
        askXen(),
        dom0.readText('/proc/cpuinfo'),
        store.readText('/local/domain/0/memory/target'),
      ]);
      const controlBytes = /^\d+$/.test(controlKiB ?? '') ? Number(controlKiB) * 1024 : undefined;
      return { kind: 'xen', accelerator: 'xen', ...hostFacts(info, cpu ?? '', controlBytes, features) };
    },
    async list() {
      const guests = await registry.all();
      await registry.follower.settleAll();
      const domains = new Map((await registry.listDomains()).filter(domain => !domain.isDying).map(domain => [domain.uuid, domain]));
      return guests.map(guest => statusOf(guest, domains.get(guest.id))).filter(status => status !== undefined);
    },
    async status(id) {
      const guest = await registry.findGuest(id);
      if (guest === undefined) return undefined;
      return statusOf(guest, await registry.domainOf(id));
    },
    ...power,
    ...createMemoryImages(registry, startFrom),
    ...createHotPlug(registry),
    ...createLayers(registry),
    async consoles(id) {
      return consolesOf(servers, await registry.getGuest(id));
    },
    tellsMetrics: true,
    async guestMetrics(id) {
      return readMetrics(await registry.store.open(), await registry.getGuest(id));
    },
    async stats(id) {
      return guestStats(registry, await registry.getGuest(id));
    },
    migration: { ...createSender(registry), ...createReceiver(registry) },
    messages: {
      read: () => runXl(dom0, ['dmesg'], { tried: 'reading the messages of Xen' }),
      clear: () => runXl(dom0, ['dmesg', '-c'], { tried: 'reading and clearing the messages of Xen' }),
      async sendKeys(keys) {
        if (!/^[\x20-\x7e]{1,16}$/.test(keys)) throw new DriverError('bad-config', 'debug keys are 1 to 16 printable characters');
        await runXl(dom0, ['debug-keys', '--', keys], { tried: 'sending debug keys' });
      },
    },
    listDomains: () => hostDomains(registry),
    controlDomain: createDomainZero(registry),
    power: createHostPower(dom0),
    onEvent: listener => registry.onEvent(listener),
    async close() {
      servers.close();
      await registry.close();
    },
  };
};
