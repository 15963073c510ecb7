// Listens to the counting guest on its console, by the client's own `console` command, and keeps when each count was heard.

import { spawn } from 'node:child_process';
import { xcp } from '../hosts/host.ts';

export interface Heard {
  readonly number: number;
  /** The guest's own clock; it stands still while the guest is stopped. */
  readonly uptimeMs: number;
  /** This machine's clock. */
  readonly heardMs: number;
}

export interface Listener {
  readonly counts: readonly Heard[];
  /** Resolves at the first count after the `after`th. */
  next(after: number, timeoutMs: number): Promise<Heard>;
  stop(): void;
}

export function listen(server: string, uuid: string): Listener {
  const counts: Heard[] = [];
  const waiting = new Set<() => void>();
  const child = spawn(xcp, ['console', `uuid=${uuid}`], { env: { ...process.env, XCP_SERVER: server }, stdio: ['pipe', 'pipe', 'ignore'] });
  let tail = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    const heardMs = performance.now();
    const lines = (tail + text).split('\n');
    tail = lines.pop() ?? '';
    for (const line of lines) {
      const match = /COUNT (\d+) (\d+\.\d+)/.exec(line);
      if (match !== null) counts.push({ number: Number(match[1]), uptimeMs: Number(match[2]) * 1000, heardMs });
    }
    for (const wake of waiting) wake();
  });
  return {
    counts,
    next: (after, timeoutMs) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = counts.find(count => count.number > after);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`the guest said nothing for ${timeoutMs / 1000} s`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    stop: () => void child.kill(),
  };
}

/** How long the guest stood still between two hearings: what passed here less what passed for it. Good to some 20 ms. */
export function stoodStillMs(before: readonly Heard[], after: readonly Heard[]): number {
  // A line may be heard late, never early: the smallest lag of each side is the truest.
  const lag = (heard: readonly Heard[]): number => Math.min(...heard.slice(-50).map(count => count.heardMs - count.uptimeMs));
  return Math.max(0, lag(after) - lag(before));
}
