// `npm run gen`: writes the generated files and removes what is no longer generated.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles, generatedFolders } from './files.ts';

const root = resolve(import.meta.dirname, '../..');
const files = await generatedFiles();

for (const folder of generatedFolders) {
  await mkdir(join(root, folder), { recursive: true });
  for (const name of await readdir(join(root, folder))) if (!files.has(`${folder}/${name}`)) await rm(join(root, folder, name));
}
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
