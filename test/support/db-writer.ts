// Writes transactions to a SQLite database until it is killed, and prints the number of each one that is acknowledged. Each
// transaction adds a VM with two disks and rewrites one document, so that half of one would show.

import { writeSync } from 'node:fs';
import { openDb } from '../../src/db/open.ts';
import { sqliteStore } from '../../src/db/stores/sqlite.ts';

const [path = '', from = '0'] = process.argv.slice(2);
const db = await openDb({ store: await sqliteStore({ path, lockTimeoutMs: 5_000 }) });
writeSync(1, 'ready\n');

const write = async (number: number): Promise<void> => {
  await db.transaction(tx => {
    const vm = tx.insert('VM', { name_label: `vm ${number}`, name_description: 'x'.repeat(number % 5_000) });
    for (const userdevice of ['0', '1']) tx.insert('VBD', { VM: vm, userdevice });
    const [earlier] = tx.byNameLabel('VM', `vm ${number - 40}`);
    if (number % 3 === 0 && earlier) {
      for (const vbd of tx.need('VM', earlier).VBDs) tx.delete('VBD', vbd);
      tx.delete('VM', earlier);
    }
    tx.putDoc('written', String(number), { number });
  });
  writeSync(1, `${number}\n`);
};

/** Several at once, so that writes are shared. */
const keepWriting = async (lane: number): Promise<never> => {
  for (let number = Number(from) + lane; ; number += 8) await write(number);
};
await Promise.all(Array.from({ length: 8 }, (_, lane) => keepWriting(lane)));
