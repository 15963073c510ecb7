// An executable `xcp-NAME` on the path is the command `xcp NAME`. It inherits the terminal and the environment.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { systemCode } from '../../../client/errors.ts';
import type { Io } from '../../io.ts';
import { PlainError } from '../../exit.ts';

const SIGNAL_EXIT = 128;

/** The exit code of the plugin, or undefined if there is none of that name. */
export const runPlugin = async (name: string, args: readonly string[], io: Io): Promise<number | undefined> => {
  const path = pluginPath(name, io.env['PATH'] ?? '');
  if (path === undefined) return undefined;
  const ended = Promise.withResolvers<number>();
  const child = spawn(path, args, { stdio: 'inherit', env: { ...io.env } });
  // Ctrl-C reaches the plugin by itself; this process only waits for what it makes of it.
  const stop = io.onInterrupt(() => undefined);
  child.on('error', error => ended.reject(new PlainError(`Cannot run ${path}: ${error.message}`, { cause: error })));
  child.on('exit', code => ended.resolve(code ?? SIGNAL_EXIT));
  try {
    return await ended.promise;
  } finally {
    stop();
  }
};

/** Only absolute folders count: a plugin is never taken from where the user happens to stand. */
export const pluginPath = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .filter(isAbsolute)
    .map(folder => join(folder, `xcp-${name}`))
    .find(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
};
