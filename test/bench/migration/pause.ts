// How long a guest stands still when it moves, as its console tells, beside the same move driven by hand over QMP. Both guests count to
// their disk and tell each count; while one moves, the other is stopped.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestPaths } from '../../../src/drivers/hypervisor/guest-paths.ts';
import { listen, stoodStillMs } from '../../../tools/tour/console.ts';
import type { LabHost } from '../../lab/support/hosts.ts';
import { imageOf, installCounting, mustMigrate } from '../../lab/support/migrations.ts';
import { ms } from '../table.ts';
import { migrateByHand } from './by-hand.ts';
import { argumentsOf, type HandGuest, type Model, startByHand } from './hand-guest.ts';
import { logLength, median, medianPhases, type Phase, phaseText, phasesSince } from './phases.ts';
import type { Measured } from './throughput.ts';

const MOVES = 8;
/** Counts heard on each side of a move: enough that one of them came without delay. */
const HEARD = 50;

const modelOf = async (host: LabHost, vm: string): Promise<Model> => {
  const vdi = await host.xcp('vbd-list', `vm-uuid=${vm}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  const { directory, sockets } = guestPaths(host.host.folder, vm);
  return {
    args: argumentsOf(Number(await host.xcp('vm-param-get', `uuid=${vm}`, 'param-name=dom-id'))),
    folders: [sockets, directory],
    image: imageOf(host, vdi),
    diskBytes: Number(await host.xcp('vdi-param-get', `uuid=${vdi}`, 'param-name=virtual-size')),
  };
};

interface Move {
  readonly stoodStillMs: number;
  readonly phases: readonly Phase[];
}

async function moveOurs(from: LabHost, to: LabHost, vm: string): Promise<Move> {
  const before = listen(from.host.server, vm);
  await from.xcp('vm-unpause', `uuid=${vm}`);
  await before.next((await before.next(0, 60_000)).number + HEARD, 60_000);
  const logged = logLength(from.host.folder);
  await mustMigrate(from, to, vm);
  const phases = phasesSince(from.host.folder, logged);
  before.stop();
  const after = listen(to.host.server, vm);
  await after.next((await after.next(0, 60_000)).number + HEARD, 60_000);
  await to.xcp('vm-pause', `uuid=${vm}`);
  after.stop();
  return { stoodStillMs: stoodStillMs(before.counts, after.counts), phases };
}

async function moveByHand(source: HandGuest, target: HandGuest): Promise<number> {
  await source.monitor.execute('cont');
  const before = await source.hear(HEARD);
  await migrateByHand(source, target);
  const after = await target.hear(HEARD);
  await target.monitor.execute('stop');
  return stoodStillMs(before, after);
}

export async function pause(one: LabHost, two: LabHost): Promise<Measured> {
  const vm = await installCounting(one, 'counting');
  const model = await modelOf(one, vm);
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'xcp-hand-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const start = async (move: number): Promise<HandGuest> => {
    const guest = await startByHand(model, join(folder, String(move)), move > 0);
    stack.defer(() => guest.end());
    return guest;
  };
  const ours: Move[] = [];
  const byHand: number[] = [];
  let [from, to] = [one, two];
  const booting = listen(one.host.server, vm);
  await booting.next(HEARD, 60_000);
  booting.stop();
  await one.xcp('vm-pause', `uuid=${vm}`);
  let source = await start(0);
  await source.hear(HEARD);
  await source.monitor.execute('stop');
  for (let move = 1; move <= MOVES; move++) {
    const target = await start(move);
    byHand.push(await moveByHand(source, target));
    source = target;
    ours.push(await moveOurs(from, to, vm));
    [from, to] = [to, from];
  }
  await from.xcp('vm-uninstall', `uuid=${vm}`, '--force');
  return report(ours, byHand);
}

function report(ours: readonly Move[], byHandMs: readonly number[]): Measured {
  const oursMs = ours.map(move => move.stoodStillMs);
  const worst = (times: readonly number[]): string => `(worst ${Math.max(...times).toFixed(0)})`;
  return {
    rows: [
      {
        what: `guest's pause, median of ${ours.length} moves`,
        measured: `${ms(median(oursMs))} ${worst(oursMs)}`,
        floor: `${ms(median(byHandMs))} ${worst(byHandMs)} by hand over QMP`,
        ratio: median(oursMs) / median(byHandMs),
        bar: { atMost: 1.2 },
      },
    ],
    notes: [`phases of the migration of a counting guest, ms: ${phaseText(medianPhases(ours.map(move => move.phases)))}`],
  };
}
