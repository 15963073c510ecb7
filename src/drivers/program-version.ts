// What programs say of their version, kept as long as their file stays the same: a big program takes longer to say it than a host takes
// to look after its network.

import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram, runTool } from './tool.ts';

/** What tells one file from another that came in its place. */
const identityOf = async (path: string): Promise<string> => {
  const { ino, size, mtimeMs } = await stat(path);
  return `${path} ${ino} ${size} ${mtimeMs}`;
};

/**
 * What `program --version` prints. Rejects with ToolError when it does not run. `file` keeps the answer; one that cannot be read or
 * written only costs time.
 */
export const programVersion = async (program: string, file: string): Promise<string> => {
  const path = await findProgram(program);
  // Not there: it is asked all the same, for the error.
  const identity = path === undefined ? '' : await identityOf(path);
  const kept = await readFile(file, 'utf8').catch(() => ''); // nobody has asked yet
  if (identity !== '' && kept.startsWith(`${identity}\n`)) return kept.slice(identity.length + 1);
  const said = await runTool(program, ['--version']);
  await keep(file, `${identity}\n${said}`).catch(() => undefined); // asked anew next time
  return said;
};

const keep = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};
