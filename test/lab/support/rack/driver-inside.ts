// The network driver of a host, run inside its namespace as hostd runs it: driver-inside.ts STATE-DIR RUNDIR NIC…  Reads one JSON command a
// line and answers each with one JSON line; `{"event":…}` lines tell of news between them.

import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { createOvsNetwork } from '../../../../src/drivers/network/ovs/driver.ts';
import type { HostNetwork, VifPort } from '../../../../src/drivers/network.ts';
import { silentLogger } from '../../../../src/lib/logger.ts';

type Command =
  | { readonly apply: HostNetwork }
  | { readonly plug: VifPort }
  | { readonly unplug: string }
  | { readonly ask: 'addresses' | 'interfaces' };

const [stateDir = '', rundir = '', ...nics] = process.argv.slice(2);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const network = createOvsNetwork({
  stateDir,
  log: silentLogger,
  rundir,
  datapath: 'netdev',
  nics,
  resolvConf: join(stateDir, 'resolv.conf'),
});
network.onEvent(event => say({ event: event.kind, ...(event.kind === 'repaired' && { reason: event.reason }) }));

for await (const line of createInterface(process.stdin)) {
  const command = JSON.parse(line) as Command;
  if ('ask' in command) say({ [command.ask]: await network[command.ask]() });
  else if ('plug' in command) say({ attachment: await network.plug(command.plug) });
  else if ('unplug' in command) say({ unplugged: await network.unplug(command.unplug).then(() => true) });
  else say({ failures: Object.fromEntries([...(await network.apply(command.apply))].map(([uuid, { message }]) => [uuid, message])) });
}
await network.close();
