// How fast a 4 GiB disk with 2 GiB in it migrates with its running, idle guest, beside `qemu-img convert` of the same image in the same run.

import { join } from 'node:path';
import type { LabHost } from '../../lab/support/hosts.ts';
import { imageOf, mustMigrate } from '../../lab/support/migrations.ts';
import type { Row } from '../table.ts';
import { convertOverNbd, type Writes } from './convert.ts';
import { DISK_BYTES, fill, warm, WRITTEN_BYTES } from './disk.ts';
import { logLength, median, medianPhases, type Phase, phaseText, phasesSince } from './phases.ts';

const ROUNDS = 3;

export interface Measured {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

const imageOfVm = async (host: LabHost, vm: string): Promise<string> =>
  imageOf(host, await host.xcp('vbd-list', `vm-uuid=${vm}`, 'type=Disk', 'params=vdi-uuid', '--minimal'));

const install = async (host: LabHost): Promise<string> => {
  const vm = await host.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=heavy');
  const vdi = await host.xcp('vbd-list', `vm-uuid=${vm}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  await host.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${DISK_BYTES}`);
  await fill(imageOf(host, vdi));
  await host.xcp('vm-start', `uuid=${vm}`);
  return vm;
};

const rate = (tookMs: number): string => `${(WRITTEN_BYTES / 2 ** 20 / (tookMs / 1000)).toFixed(0)} MiB/s`;
const diskMs = (phases: readonly Phase[]): number =>
  phases.filter(({ name }) => name === 'copy' || name === 'mirror').reduce((sum, { tookMs }) => sum + tookMs, 0);

export async function throughput(one: LabHost, two: LabHost): Promise<Measured> {
  const vm = await install(one);
  const ours: { readonly tookMs: number; readonly phases: readonly Phase[] }[] = [];
  const floors: Record<Writes, number[]> = { cached: [], direct: [] };
  let [from, to] = [one, two];
  for (let round = 0; round < ROUNDS; round++) {
    const image = await imageOfVm(from, vm);
    for (const writes of ['cached', 'direct'] as const) {
      await warm(image);
      floors[writes].push(await convertOverNbd(image, join(to.host.folder, 'floor.qcow2'), writes));
    }
    await warm(image);
    const logged = logLength(from.host.folder);
    const { tookMs } = await mustMigrate(from, to, vm);
    ours.push({ tookMs, phases: phasesSince(from.host.folder, logged) });
    [from, to] = [to, from];
  }
  await from.xcp('vm-uninstall', `uuid=${vm}`, '--force');
  const [wholeMs, disksMs] = [median(ours.map(run => run.tookMs)), median(ours.map(run => diskMs(run.phases)))];
  const [cachedMs, directMs] = [median(floors.cached), median(floors.direct)];
  const row = (what: string, tookMs: number, floorMs: number, floor: string, bar: Row['bar']): Row => ({
    what,
    measured: rate(tookMs),
    floor: `${rate(floorMs)} ${floor}`,
    ratio: floorMs / tookMs,
    bar,
  });
  return {
    rows: [
      row('migration of 4 GiB, 2 written', wholeMs, cachedMs, 'qemu-img convert over plain NBD', { atLeast: 0.9 }),
      row('… its disk alone', disksMs, cachedMs, 'the same', { atLeast: 0.9 }),
      row('… its disk alone', disksMs, directMs, 'the same, past the page cache', undefined),
    ],
    notes: [`phases of the migration of 4 GiB, ms: ${phaseText(medianPhases(ours.map(run => run.phases)))}`],
  };
}
