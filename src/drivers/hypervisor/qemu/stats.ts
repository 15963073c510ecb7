// What a guest has used: processor time from the kernel, disks from QEMU, network cards from the kernel's counters of their taps.

import { readFile } from 'node:fs/promises';
import type { GuestStats, NicSpec } from '../../hypervisor.ts';
import { numberOf, objectOf, objectsOf, textOf } from '../qmp/answers.ts';
import type { Guest } from './guest.ts';
import { deviceId } from '../qmp/nodes.ts';
import { balloonBytes } from './power.ts';

/** The kernel counts in hundredths of a second on every Linux that QEMU runs on. */
const TICKS_PER_SECOND = 100;

const readOr = (path: string, otherwise: string): Promise<string> => readFile(path, 'utf8').catch(() => otherwise);

/** User and system time of a thread, seconds. The name in parentheses may hold anything, so fields are counted behind it. */
export const threadSeconds = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
};

const vcpuSeconds = async ({ monitor, pid }: Guest): Promise<readonly number[]> => {
  const cpus = objectsOf(await monitor.execute('query-cpus-fast'));
  return Promise.all(cpus.map(async cpu => threadSeconds(await readOr(`/proc/${pid}/task/${numberOf(cpu['thread-id'])}/stat`, ') '))));
};

const diskStats = async ({ monitor, handle }: Guest): Promise<GuestStats['disks']> => {
  const answers = objectsOf(await monitor.execute('query-blockstats'));
  const byDevice = new Map<string, { readonly readBytes: number; readonly writtenBytes: number }>();
  for (const answer of answers) {
    const stats = objectOf(answer['stats']);
    for (const part of textOf(answer['qdev']).split('/')) {
      byDevice.set(part, { readBytes: numberOf(stats['rd_bytes']), writtenBytes: numberOf(stats['wr_bytes']) });
    }
  }
  const known = handle.spec.disks.map(disk => [disk.id, byDevice.get(deviceId(disk.kind, disk.id))] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined));
};

/** What the tap receives is what the guest sent. */
const nicStats = async (nics: readonly NicSpec[]): Promise<GuestStats['nics']> => {
  const entries = nics.map(async nic => {
    if (nic.attachment.kind !== 'tap') return undefined;
    const directory = `/sys/class/net/${nic.attachment.ifname}/statistics`;
    const [sent, received] = await Promise.all([readOr(`${directory}/rx_bytes`, '0'), readOr(`${directory}/tx_bytes`, '0')]);
    return [nic.id, { sentBytes: Number(sent), receivedBytes: Number(received) }] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).filter(entry => entry !== undefined));
};

export const guestStats = async (guest: Guest): Promise<GuestStats> => {
  const [cpus, disks, nics, memoryBytes] = await Promise.all([
    vcpuSeconds(guest),
    diskStats(guest),
    nicStats(guest.handle.spec.nics),
    balloonBytes(guest),
  ]);
  return { vcpuSeconds: cpus, memoryBytes, disks, nics };
};
