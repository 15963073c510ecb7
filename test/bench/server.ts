// The agent alone: calls a second, event latency, memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareExecutable, bareNode, compiled, residentBytes, sampleOf, scaleOf, startProgram, timeCalls, timeInTurn } from './measure.ts';
import { openRpc } from './rpc.ts';
import type { Simulated } from './simulated.ts';
import { mib, ms, type Row } from './table.ts';

const echo = `import { createServer } from 'node:http';
const body = JSON.stringify({ jsonrpc: '2.0', result: 'a-host-name', id: 1 });
const server = createServer((req, res) => {
  req.on('data', () => {}).on('end', () => res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body));
});
server.listen(process.argv[2], () => console.log('ready'));
`;
const idle = `setInterval(() => {}, 1e6); console.log('ready');\n`;

export async function callRate(simulated: Simulated): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-e'));
  const socketPath = join(folder, 'echo');
  const bare = await startProgram(compiled('echo', echo), [socketPath]);
  try {
    const floorRpc = openRpc({ socketPath });
    const hosts = (await simulated.rpc.call('host.get_all', simulated.session)) as readonly string[];
    const rates: { floor: number; ours: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const floor = await timeCalls(1500, () => floorRpc.call('echo', simulated.session, hosts[0]));
      const ours = await timeCalls(1500, () => simulated.rpc.call('host.get_name_label', simulated.session, hosts[0]));
      rates.push({ floor: 1000 / floor.medianMs, ours: 1000 / ours.medianMs });
    }
    floorRpc.close();
    const middle = rates.sort((a, b) => a.ours / a.floor - b.ours / b.floor)[2] ?? { floor: Number.NaN, ours: Number.NaN };
    return {
      what: 'calls a second, one connection, one getter',
      measured: `${middle.ours.toFixed(0)}/s`,
      floor: `${middle.floor.toFixed(0)}/s bare echo server`,
      ratio: middle.ours / middle.floor,
      bar: { atLeast: 0.5 },
    };
  } finally {
    bare.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const xapiLatencyThenMs = 1.7;

/** A change in one session until `event.from` of another answers; the floor is what xapi took, scaled by a bare Node then and now. */
export async function eventLatency(simulated: Simulated): Promise<Row> {
  const { rpc, session } = simulated;
  const watcher = openRpc({ socketPath: simulated.host.server.slice('unix:'.length) });
  const pools = (await rpc.call('pool.get_all', session)) as readonly string[];
  const from = async (token: string, timeoutS: number): Promise<string> =>
    ((await watcher.call('event.from', session, ['pool'], token, timeoutS)) as { token: string }).token;
  let token = await from('', 0.1);
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const told = from(token, 10);
    await new Promise(resolve => setTimeout(resolve, 15));
    const startedAt = performance.now();
    const changed = rpc.call('pool.set_name_description', session, pools[0], `change ${i}`);
    token = await told;
    times.push(performance.now() - startedAt);
    await changed;
  }
  watcher.close();
  const tookMs = sampleOf(times).medianMs;
  const floorMs = xapiLatencyThenMs * scaleOf(timeInTurn([bareNode], 9)[0]);
  return {
    what: 'event latency, change to event.from',
    measured: ms(tookMs),
    floor: `${ms(floorMs)} xapi, scaled`,
    ratio: tookMs / floorMs,
    bar: { atMost: 1 },
  };
}

export async function memory(simulated: Simulated): Promise<readonly Row[]> {
  bareExecutable();
  const bare = await startProgram(compiled('idle', idle), []);
  try {
    const row = (what: string, bytes: number, most: number): Row => {
      const above = bytes - residentBytes(bare.pid);
      return {
        what,
        measured: mib(bytes),
        floor: `${mib(residentBytes(bare.pid))} bare runtime`,
        ratio: above / (most * 2 ** 20),
        bar: { atMost: 1 },
      };
    };
    const empty = row('resident memory, empty (bar: +60 MiB)', residentBytes(simulated.host.pid), 60);
    return [empty];
  } finally {
    bare.stop();
  }
}

export async function memoryFull(simulated: Simulated, count: number): Promise<Row> {
  const bare = await startProgram(compiled('idle', idle), []);
  try {
    await simulated.grow(count);
    // What a list leaves behind counts too.
    await simulated.rpc.call('VM.get_all_records', simulated.session);
    const bytes = residentBytes(simulated.host.pid);
    const above = bytes - residentBytes(bare.pid);
    return {
      what: `resident memory, ${count} VMs (bar: +400 MiB)`,
      measured: mib(bytes),
      floor: `${mib(residentBytes(bare.pid))} bare runtime`,
      ratio: above / (400 * 2 ** 20),
      bar: { atMost: 1 },
    };
  } finally {
    bare.stop();
  }
}
