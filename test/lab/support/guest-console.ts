// Types a line on a guest's text console, by the client's own `console` command, and waits for what the guest says to it.

import { spawn } from 'node:child_process';
import { xcp } from '../../../tools/hosts/host.ts';

const ATTEMPT_TIMEOUT_MS = 5_000;

/** Resolves with the match in what the guest prints after the line was typed. A guest that still boots swallows it: it is typed again. */
export async function typed(server: string, uuid: string, line: string, pattern: RegExp, attempts = 12): Promise<RegExpExecArray> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    said = await typeOnce(server, uuid, line, pattern);
    const match = pattern.exec(said);
    if (match !== null) return match;
  }
  throw new Error(`the guest said only: ${said.slice(-500)}`);
}

/** What the guest says, until the pattern is in it or the time is over. */
function typeOnce(server: string, uuid: string, line: string, pattern: RegExp): Promise<string> {
  const child = spawn(xcp, ['console', `uuid=${uuid}`], { env: { ...process.env, XCP_SERVER: server }, stdio: ['pipe', 'pipe', 'ignore'] });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  const timer = setTimeout(() => resolve(said), ATTEMPT_TIMEOUT_MS);
  child.once('error', reject);
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    if (pattern.test(said)) resolve(said);
  });
  child.stdin.end(`${line}\n`);
  return promise.finally(() => {
    clearTimeout(timer);
    child.kill();
  });
}
