// Small files whose content is a parameter of a call: certificates, keys, licences.

import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Context } from './context.ts';
import { CommandError, SilentFailure } from './exit.ts';

const MAX_BYTES = 32 * 1024 * 1024;

export interface SmallFile {
  /** Without its directories. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly text: string;
}

/** The file that the parameter names. `what` is what it should be, for the message when it cannot be read. */
export const readSmallFile = async (context: Context, param: string, what: string): Promise<SmallFile> => {
  const path = context.args.text(param);
  const bytes = await bounded(context, path, what);
  return { name: basename(path), bytes, text: bytes.toString('utf8') };
};

const bounded = async (context: Context, path: string, what: string): Promise<Buffer> => {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new CommandError(`${path} is too large for this: ${size} bytes, at most ${MAX_BYTES}`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    context.io.stderr.write(`Failed to read ${what}\n`);
    throw new SilentFailure(path, { cause: error });
  }
};
