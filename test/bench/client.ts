// Start-up, lists: whole processes of the command, beside a bare executable and a bare Node in the same run.

import { join } from 'node:path';
import { root } from '../../tools/hosts/host.ts';
import { bareExecutable, bareNode, scaleOf, timeInTurn } from './measure.ts';
import type { Simulated } from './simulated.ts';
import { ms, type Row } from './table.ts';

const xcp = join(root, 'dist/xcp');
/** What the native `xe` took, on a machine of this kind. */
const nativeThenMs = { list: 153.8, minimal: 96.7, all: 322.7 } as const;

export function startUp(): readonly Row[] {
  const bare = bareExecutable();
  const commands = [['--version'], ['help'], ['help', 'vm-start']] as const;
  const samples = timeInTurn([{ command: bare, args: [] }, ...commands.map(args => ({ command: xcp, args }))], 15);
  const floorMs = samples[0]?.medianMs ?? Number.NaN;
  return commands.map((args, i) => {
    const tookMs = samples[i + 1]?.medianMs ?? Number.NaN;
    return {
      what: `xcp ${args.join(' ')}`,
      measured: ms(tookMs),
      floor: `${ms(floorMs)} bare executable`,
      ratio: tookMs / floorMs,
      bar: { atMost: 2 },
    };
  });
}

export async function lists(simulated: Simulated): Promise<readonly Row[]> {
  const env = { XCP_SERVER: simulated.host.server };
  const bare = bareExecutable();
  const hostList = timeInTurn(
    [
      { command: bare, args: [] },
      { command: xcp, args: ['host-list', '--minimal'], env },
    ],
    15,
  );
  const bareMs = hostList[0]?.medianMs ?? Number.NaN;
  const hostListMs = hostList[1]?.medianMs ?? Number.NaN;
  await simulated.grow(1000);
  const cases = [
    { what: 'vm-list, 1000 VMs', args: ['vm-list'], thenMs: nativeThenMs.list },
    { what: 'vm-list --minimal, 1000 VMs', args: ['vm-list', '--minimal'], thenMs: nativeThenMs.minimal },
    { what: 'vm-list params=all, 1000 VMs', args: ['vm-list', 'params=all'], thenMs: nativeThenMs.all },
  ];
  const samples = timeInTurn([bareNode, ...cases.map(({ args }) => ({ command: xcp, args, env }))], 11);
  const scale = scaleOf(samples[0]);
  return [
    {
      what: 'xcp host-list --minimal',
      measured: ms(hostListMs),
      floor: `${ms(bareMs)} bare executable`,
      ratio: hostListMs / bareMs,
      bar: { atMost: 3 },
    },
    ...cases.map(({ what, thenMs }, i): Row => {
      const tookMs = samples[i + 1]?.medianMs ?? Number.NaN;
      return {
        what,
        measured: ms(tookMs),
        floor: `${ms(thenMs * scale)} xe + xapi, scaled`,
        ratio: tookMs / (thenMs * scale),
        bar: { atMost: 0.5 },
      };
    }),
  ];
}
