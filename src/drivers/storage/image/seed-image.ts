// A file system image that cloud-init looks for at first boot: ISO 9660 with the label `cidata`, made by a tool whose trade it is.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import { findProgram, runTool } from '../../tool.ts';

const TOOLS = ['xorrisofs', 'genisoimage', 'mkisofs'] as const;

const tool = async (): Promise<string> => {
  for (const name of TOOLS) if ((await findProgram(name)) !== undefined) return name;
  throw new DriverError('unsupported', 'nothing here makes ISO 9660 images: apt-get install xorriso');
};

/** Writes `path`, readable by its owner only, with the files in its root. An abort leaves nothing but perhaps `path`. */
export const makeSeedImage = async (
  path: string,
  files: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal },
): Promise<void> => {
  const program = await tool();
  // What is in the files is secret as often as not, and mkdtemp's folder is nobody else's.
  const folder = await mkdtemp(join(tmpdir(), 'xcp-seed-'));
  try {
    await writeFile(path, '', { mode: 0o600 });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
    await runTool(program, ['-quiet', '-volid', 'cidata', '-joliet', '-rational-rock', '-output', path, folder], options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
