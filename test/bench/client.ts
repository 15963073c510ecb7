// Start-up, lists: whole processes of the command, beside a bare executable and a bare Node in the same run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  const known = await simulated.rpc.call('VM.get_all_records_where', simulated.session, 'field "name__label"="vm0500"');
  const uuid = String(Object(Object.values(Object(known))[0]).uuid);
  const home = mkdtempSync(join(tmpdir(), 'xcp-bench-home-'));
  // The first one asks the server and keeps what it says; then it is warm.
  const completion = { command: xcp, args: ['__complete', 'class=vm'], env: { ...env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') } };
  const get = { command: xcp, args: ['vm-param-get', `uuid=${uuid}`, 'param-name=name-label'], env };
  timeInTurn([completion], 1);
  const single = timeInTurn([{ command: bare, args: [] }, completion, get], 15);
  rmSync(home, { recursive: true });
  const [singleBareMs = Number.NaN, completionMs = Number.NaN, getMs = Number.NaN] = single.map(sample => sample.medianMs);
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
    {
      what: 'completion of a uuid or a name, 1000 VMs, warm',
      measured: ms(completionMs),
      floor: `${ms(singleBareMs)} bare executable`,
      ratio: completionMs / singleBareMs,
      bar: { atMost: 2 },
    },
    {
      what: 'vm-param-get uuid= name-label, 1000 VMs',
      measured: ms(getMs),
      floor: `${ms(singleBareMs)} bare executable`,
      ratio: getMs / singleBareMs,
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
