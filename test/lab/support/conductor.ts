// A process of its own that drives one migration up to a step and then waits to be killed. Its arguments come as JSON on standard input.

import { createQemuDriver } from '../../../src/drivers/hypervisor/qemu/driver.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { silentLogger } from '../../../src/lib/logger.ts';

interface Order {
  readonly stateDir: string;
  readonly id: string;
  readonly ticket: JsonObject;
  readonly until: 'sendDisks' | 'sendMemory' | 'handOver';
}

let text = '';
for await (const piece of process.stdin) text += piece;
const { stateDir, id, ticket, until }: Order = JSON.parse(text);
const driver = createQemuDriver({ stateDir, log: silentLogger });
const options = { compression: false, signal: new AbortController().signal };
await driver.migration.sendDisks(id, ticket, { ...options, sync: 'full' });
if (until !== 'sendDisks') await driver.migration.sendMemory(id, ticket, options);
if (until === 'handOver') await driver.migration.handOver(id, ticket, options);
process.stdout.write(`${until}\n`);
await new Promise(() => setInterval(() => undefined, 60_000));
