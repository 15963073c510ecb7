// The host's addresses applied from inside a network namespace, as hostd does it: addresses-inside.ts RUN-DIR. Reads one JSON command a line,
// answers each with one JSON line; `{"event":true}` lines tell of news.

import { createInterface } from 'node:readline';
import { HostAddresses } from '../../../src/drivers/network/host/addresses.ts';
import type { AddressedLink } from '../../../src/drivers/network/host/wanted.ts';
import { silentLogger } from '../../../src/lib/logger.ts';

interface Command {
  readonly apply?: readonly AddressedLink[];
}

const [runDir = '', resolvConf] = process.argv.slice(2);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const addresses = new HostAddresses({ runDir, log: silentLogger, ...(resolvConf !== undefined && { resolvConf }) });
addresses.onChange(() => say({ event: true }));

for await (const line of createInterface(process.stdin)) {
  const command = JSON.parse(line) as Command;
  const startedMs = performance.now();
  if (command.apply === undefined) {
    say({ status: await addresses.status() });
    continue;
  }
  const failures = await addresses.apply(command.apply);
  say({ failures: [...failures].map(([device, error]) => `${device}: ${error.message}`), ms: performance.now() - startedMs });
}
addresses.close();
