// `npm run bench [-- NAME …]`: prints the table of figures. Names: startup, agent, lists, memory, db, migration, vlans.

import { lists, startUp } from './client.ts';
import { database } from './db.ts';
import { migration } from './migration.ts';
import { callRate, eventLatency, memory, memoryFull } from './server.ts';
import { simulatedHost, type Simulated } from './simulated.ts';
import { vlans } from './vlans.ts';
import { render, type Row } from './table.ts';

const wanted = new Set(process.argv.slice(2));
const wants = (name: string): boolean => wanted.size === 0 || wanted.has(name);
const rows: Row[] = [];
const notes: string[] = [];

const withSimulated = async (measure: (simulated: Simulated) => Promise<readonly Row[]>): Promise<void> => {
  await using simulated = await simulatedHost();
  rows.push(...(await measure(simulated)));
};

if (wants('startup')) rows.push(...startUp());
if (wants('agent')) await withSimulated(async s => [...(await memory(s)), await callRate(s), await eventLatency(s)]);
if (wants('lists')) await withSimulated(lists);
if (wants('memory')) await withSimulated(async s => [await memoryFull(s, 10_000)]);
if (wants('db')) rows.push(...(await database()));
if (wants('vlans')) {
  const measured = await vlans();
  rows.push(...measured.rows);
  notes.push(...measured.notes);
}
if (wants('migration')) {
  const measured = await migration();
  rows.push(...measured.rows);
  notes.push(...measured.notes);
}
console.log([render(rows), ...notes].join('\n'));
