// Types a line on a guest's text console, by the client's own `console` command, and waits for what the guest says to it.

import { spawn } from 'node:child_process';
import { xcp } from '../../../tools/hosts/host.ts';

/** Resolves with the match in what the guest prints after the line was typed; the guest needs a prompt. */
export function typed(server: string, uuid: string, line: string, pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
  const child = spawn(xcp, ['console', `uuid=${uuid}`], { env: { ...process.env, XCP_SERVER: server }, stdio: ['pipe', 'pipe', 'ignore'] });
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const timer = setTimeout(() => reject(new Error(`the guest said only: ${said.slice(-500)}`)), timeoutMs);
  let said = '';
  child.once('error', reject);
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    const match = pattern.exec(said);
    if (match !== null) resolve(match);
  });
  child.stdin.end(`${line}\n`);
  return promise.finally(() => {
    clearTimeout(timer);
    child.kill();
  });
}
