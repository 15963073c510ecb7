// One life of a process with an engine on a real journal: first what an earlier life left, then, if there was nothing, a plan of four
// steps that make a file each. Prints how it ended. XCP_CRASH_AT kills it on the way.

import { rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dbJournal } from '../../src/db/journal.ts';
import { openDb } from '../../src/db/open.ts';
import { sqliteStore } from '../../src/db/stores/sqlite.ts';
import { crashPointFrom } from '../../src/engine/crash-point.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const [directory = '', failAt = ''] = process.argv.slice(2);
const db = await openDb({ store: await sqliteStore({ path: join(directory, 'xcp.db'), lockTimeoutMs: 5_000 }) });
const engine = createEngine({ journal: dbJournal(db), log: silentLogger, crashPoint: crashPointFrom(process.env) });

engine.define<{ readonly name: string }, null>({
  kind: 'file',
  async run({ remember }, { name }) {
    const path = join(directory, `${name}.made`);
    await remember({ path });
    writeFileSync(path, '');
    if (name === failAt) throw new Error('failed');
    return null;
  },
  async undo({ note }) {
    const path = note?.['path'];
    if (typeof path === 'string') rmSync(path, { force: true });
  },
});

const recovered = await engine.recover();
const outcomes = await Promise.all(recovered.map(({ finished }) => finished));
if (outcomes.length === 0) {
  const steps = ['a', 'b', 'c', 'd'].map(name => ({ id: name, kind: 'file', label: '', weight: 1, args: { name } }));
  const ran = engine.run({ kind: 'files', locks: ['directory'], steps, pivot: 'c' });
  outcomes.push(
    await ran.then(
      () => 'done' as const,
      () => 'undone' as const,
    ),
  );
}
await engine.close();
writeSync(1, JSON.stringify({ outcomes, journal: [...db.docs('plans')].length }));
await db.close();
