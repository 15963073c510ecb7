// A process that changes an SR without end, telling each change it has seen acknowledged, so that it can be killed in the middle of one.
// argv: SR, its location, runDir, the change. The first line is `kept <uuid>`: a disk with `a` and `b` in its first blocks, which stays.

import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createFileStorage } from '../../src/drivers/storage/file/driver.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { writeBlock } from './file-storage.ts';

const [srId = '', location = '', runDir = '', verb = ''] = process.argv.slice(2);
const tell = (line: string): void => void writeSync(1, `${line}\n`);
const signal = new AbortController().signal;
const spec = (id: string) => ({ id, sizeBytes: 64 * 65_536, name: '', description: '', type: 'user' });
const fields = { name: '', description: '' };
const time = 'now';

const sr = await createFileStorage({ runDir, log: silentLogger }).attach(srId, { location });
const kept = randomUUID();
await sr.create(spec(kept));
await writeBlock(await sr.source(kept), 0, 'a');
await writeBlock(await sr.source(kept), 1, 'b');
tell(`kept ${kept}`);

for (let blocks = 64; ; blocks += 1) {
  const id = randomUUID();
  if (verb === 'create') await sr.create(spec(id));
  else if (verb === 'snapshot') await sr.snapshot(kept, { id, time });
  else if (verb === 'clone') await sr.clone(kept, { id, ...fields });
  else if (verb === 'resize') await sr.resize(kept, blocks * 65_536);
  else if (verb === 'copy') await sr.copyTo(kept, sr, spec(id), { signal });
  else if (verb === 'destroy') {
    await sr.snapshot(kept, { id, time });
    await sr.destroy(id);
  } else if (verb === 'freeze' || verb === 'merge') {
    const overlay = randomUUID();
    await sr.attach(kept, { readOnly: false, owner: 'vm' });
    await writeBlock(await sr.prepareFreeze(kept, overlay), 5, 'x');
    await sr.commitFreeze(kept, overlay, { id, time });
    if (verb === 'merge') await sr.rollbackFreeze(kept, overlay, { merge: true });
    await sr.detach(kept, { owner: 'vm' });
  } else if (verb === 'export') {
    await sr.create(spec(id));
    const target = await sr.openExport(id, { address: '127.0.0.1' });
    await sr.send(kept, undefined, target, { what: 'all', signal });
    await sr.closeExport(id);
  }
  if (['create', 'snapshot', 'clone', 'copy', 'freeze', 'export'].includes(verb)) tell(`made ${id}`);
}
