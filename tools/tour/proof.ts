// Looks at the disk itself: with the guest paused, every numbered write must be there once, and none may be missing.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCounter } from '../../src/drivers/hypervisor/tiny-linux/counter-check.ts';
import { logOf, must, type Host } from '../hosts/host.ts';
import { fact } from './say.ts';

/** The image that a VDI of the host's local SR lies in. */
export function imageOf(host: Host, vdi: string): string {
  const folder = join(host.folder, 'sr');
  const volume = JSON.parse(readFileSync(join(folder, `${vdi}.vol.json`), 'utf8')) as { readonly top?: string };
  const layer = volume.top;
  const file = readdirSync(folder).find(name => layer !== undefined && name.startsWith(layer));
  if (file === undefined) throw new Error(`the SR of host ${host.name} holds no image of VDI ${vdi}`);
  return join(folder, file);
}

interface Moved {
  readonly message?: string;
  readonly vm?: string;
  readonly diskBytes?: number;
  readonly memoryBytes?: number;
  readonly verifyMs?: number;
}

/** What the source's log says that it moved. */
export function movedProof(from: Host, uuid: string): void {
  const lines = logOf(from.folder)
    .split('\n')
    .filter(line => line.includes('"VM moved"'));
  const moved = lines.map(line => JSON.parse(line) as Moved).findLast(each => each.vm === uuid);
  const mib = (bytes: number | undefined): string => `${((bytes ?? 0) / 2 ** 20).toFixed(1)} MiB`;
  fact('bytes copied', `${mib(moved?.diskBytes)} of disk, ${mib(moved?.memoryBytes)} of memory`);
  if (moved?.verifyMs === undefined) throw new Error('the disks were not compared');
  fact('disks identical', `yes: every byte compared before the guest went on, ${moved.verifyMs} ms of its pause`);
}

export async function diskProof(to: Host, uuid: string): Promise<void> {
  const vdi = await must(to, 'vbd-list', `vm-uuid=${uuid}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  const folder = mkdtempSync(join(tmpdir(), 'xcp-proof-'));
  await must(to, 'vm-pause', `uuid=${uuid}`);
  try {
    const raw = join(folder, 'disk.raw');
    execFileSync('qemu-img', ['convert', '-U', '-O', 'raw', imageOf(to, vdi), raw]);
    const report = await checkCounter(raw);
    fact('numbered writes', `${report.last}`);
    fact('writes lost', `${report.missing.length}`);
    fact('written twice or torn', `${report.duplicate.length + report.torn.length}`);
    if (!report.ok) throw new Error('the disk is not what the guest wrote');
  } finally {
    await must(to, 'vm-unpause', `uuid=${uuid}`);
    rmSync(folder, { recursive: true, force: true });
  }
}
