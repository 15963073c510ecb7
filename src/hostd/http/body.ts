// Reads a request's body into memory: bounded per request and for all requests together. The common body comes in one piece and is not
// copied. A body that is slow is cut off by `cutSlow`, which the server calls now and then; whole files on their way take their time.

import type { IncomingMessage } from 'node:http';

export interface BodyBudget {
  /** Bytes of all bodies being read now. */
  used: number;
  readonly limit: number;
  /** Those being read, with the time when they began. */
  readonly waiting: Set<{ readonly sinceMs: number; readonly cut: () => void }>;
}

/** Refuses the bodies that have been on their way for longer than `maxMs`. */
export const cutSlow = ({ waiting }: BodyBudget, nowMs: number, maxMs: number): void => {
  for (const { sinceMs, cut } of waiting) if (nowMs - sinceMs > maxMs) cut();
};

export type BodyEnd =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly status: 400 | 408 | 413 | 503 }
  /** The client is gone: nobody to answer. */
  | { readonly kind: 'gone' };

const EMPTY = Buffer.alloc(0);

/** Calls `end` once. */
export const readBody = (request: IncomingMessage, maxBytes: number, budget: BodyBudget, end: (result: BodyEnd) => void): void => {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) return end({ kind: 'refused', status: 413 });
  let chunks: Buffer[] = [];
  let size = 0;
  let ended = false;
  const finish = (result: BodyEnd): void => {
    if (ended) return;
    ended = true;
    budget.waiting.delete(slow);
    budget.used -= size;
    chunks = [];
    end(result);
  };
  const slow = { sinceMs: performance.now(), cut: () => finish({ kind: 'refused', status: 408 }) };
  budget.waiting.add(slow);
  request.on('data', (chunk: Buffer) => {
    if (ended) return;
    size += chunk.length;
    budget.used += chunk.length;
    if (size > maxBytes) return finish({ kind: 'refused', status: 413 });
    if (budget.used > budget.limit) return finish({ kind: 'refused', status: 503 });
    chunks.push(chunk);
  });
  request.on('end', () => finish({ kind: 'body', body: chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks) }));
  request.on('error', () => finish({ kind: 'gone' }));
  request.on('close', () => finish({ kind: 'gone' }));
};
