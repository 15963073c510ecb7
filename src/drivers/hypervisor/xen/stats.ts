// What a guest has used: processor time from Xen, disks from its QEMU, network cards from the kernel's counters of their other ends.

import type { GuestStats, NicSpec } from '../../hypervisor.ts';
import { numberOf, objectOf, objectsOf, textOf } from '../qmp/answers.ts';
import { cardNumber } from './hotplug.ts';
import { noGuest, type XenGuest } from './guest.ts';
import type { XenRegistry } from './registry.ts';
import { runXl } from './xl.ts';
import { parseVcpuList } from './xl-info.ts';

const diskStats = async (guest: XenGuest): Promise<GuestStats['disks']> => {
  const qmp = await guest.qmp();
  const answers = new Map(objectsOf(await qmp.monitor.execute('query-blockstats')).map(each => [textOf(each['qdev']), each]));
  const paths = [...answers.keys()].filter(path => path !== '');
  const disks: Record<string, { readonly readBytes: number; readonly writtenBytes: number }> = {};
  for (const disk of guest.handle.spec.disks) {
    const found = await qmp.findDisk(disk.id, paths);
    if (found === undefined) continue;
    const stats = objectOf(answers.get(found.path)?.['stats']);
    disks[disk.id] = { readBytes: numberOf(stats['rd_bytes']), writtenBytes: numberOf(stats['wr_bytes']) };
  }
  return disks;
};

/** What the other end receives is what the guest sent. */
const nicStats = async (
  { dom0, store }: XenRegistry,
  guest: XenGuest,
  nic: NicSpec,
): Promise<readonly [string, GuestStats['nics'][string]]> => {
  const number = nic.attachment.kind === 'tap' ? undefined : await cardNumber(await store.open(), guest.domid, nic.mac);
  const device = nic.attachment.kind === 'tap' ? nic.attachment.ifname : `vif${guest.domid}.${number}`;
  const counter = async (name: string): Promise<number> =>
    Number((await dom0.readText(`/sys/class/net/${device}/statistics/${name}`)) ?? '0');
  return [nic.id, { sentBytes: await counter('rx_bytes'), receivedBytes: await counter('tx_bytes') }];
};

export const guestStats = async (registry: XenRegistry, guest: XenGuest): Promise<GuestStats> => {
  const domain = await registry.domainOf(guest.id);
  if (domain === undefined) throw noGuest(guest.id);
  guest.domid = domain.domid;
  const [vcpus, disks, nics] = await Promise.all([
    runXl(registry.dom0, ['vcpu-list', String(domain.domid)], { tried: 'reading the guest’s processor times' }).then(parseVcpuList),
    diskStats(guest),
    Promise.all(guest.handle.spec.nics.map(nic => nicStats(registry, guest, nic))),
  ]);
  return { vcpuSeconds: vcpus.seconds, memoryBytes: domain.memoryBytes, disks, nics: Object.fromEntries(nics) };
};
