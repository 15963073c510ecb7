// Checks a password against the host's own accounts with unix_chkpwd, the small setgid program that pam_unix itself uses. The
// password goes through its standard input, ended by a zero byte; never through arguments.

import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';

const PROGRAMS = ['/usr/sbin/unix_chkpwd', '/sbin/unix_chkpwd'] as const;
const TIMEOUT_MS = 10_000;

/** The program's path where this host has it. */
export const findPamHelper = async (): Promise<string | undefined> => {
  for (const path of PROGRAMS) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
};

/** True if `user` has this password. Root may ask for every user, others for themselves only. */
export const checkPam = (program: string, user: string, password: string): Promise<boolean> => {
  if (!/^[a-z_][a-z0-9_.-]{0,31}\$?$/i.test(user) || password === '' || password.includes('\0')) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [user, 'nonull'], { stdio: ['pipe', 'ignore', 'ignore'], timeout: TIMEOUT_MS });
    child.once('error', reject);
    child.once('close', code => resolve(code === 0));
    // The program may have ended before it read everything; its exit status decides.
    child.stdin.on('error', () => resolve(false));
    child.stdin.end(`${password}\0`);
  });
};
