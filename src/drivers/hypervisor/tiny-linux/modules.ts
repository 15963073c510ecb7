// Which kernel modules a guest needs, in an order in which they can be loaded.
// A module says what it needs in its `.modinfo` section as `depends=a,b`; names there use `_` where file names may use `-`.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface KernelModule {
  readonly name: string;
  readonly file: string;
  readonly data: Buffer;
}

const nameOf = (file: string): string => path.basename(file, '.ko').replaceAll('-', '_');

/** Names of the modules this one needs, from its own text. */
export function dependenciesOf(module: Uint8Array): readonly string[] {
  const text = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const at = text.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  const list = text.toString('latin1', start, text.indexOf(0, start));
  return list === '' ? [] : list.split(',').map(name => name.replaceAll('-', '_'));
}

/** The wanted modules and all they need, each after what it needs. A wanted module that the kernel has built in is left out. */
export async function collectModules(modulesDir: string, wanted: readonly string[]): Promise<readonly KernelModule[]> {
  const files = new Map<string, string>();
  for (const entry of await readdir(modulesDir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith('.ko')) files.set(nameOf(entry.name), path.join(entry.parentPath, entry.name));
  }
  const ordered = new Map<string, KernelModule>();
  const visit = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || ordered.has(name)) return;
    const data = await readFile(file);
    for (const needed of dependenciesOf(data)) await visit(needed);
    ordered.set(name, { name, file, data });
  };
  for (const name of wanted) await visit(name);
  return [...ordered.values()];
}
