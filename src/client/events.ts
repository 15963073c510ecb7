// The stream of events: `event.from` asked again and again, each time with the token of the last answer. The server answers when
// something happened, so nothing polls.

import { valueText } from './values.ts';
import type { Session } from './session.ts';

export interface XenEvent {
  readonly className: string;
  readonly operation: 'add' | 'mod' | 'del';
  readonly ref: string;
  /** The object after the change; absent after a deletion. */
  readonly snapshot: Readonly<Record<string, unknown>> | undefined;
}

export interface EventBatch {
  readonly events: readonly XenEvent[];
  readonly token: string;
}

export interface EventOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where to go on; '' starts with an `add` of every object. */
  readonly token?: string;
  /** After this long without an event the server answers with none. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

/** Batches of events of `classes` (`*`, `vm`, `task/OpaqueRef:…`), until the signal aborts, which rejects with its reason. Empty batches are passed on. */
export async function* events(session: Session, classes: readonly string[], options: EventOptions = {}): AsyncGenerator<EventBatch> {
  let token = options.token ?? '';
  for (;;) {
    options.signal?.throwIfAborted();
    const timeout = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    const batch = decodeBatch(await session.raw('event.from', [classes, token, timeout], options.signal));
    token = batch.token;
    yield batch;
  }
}

const decodeBatch = (value: unknown): EventBatch => {
  if (!isRecord(value)) return { events: [], token: '' };
  const list = Array.isArray(value['events']) ? value['events'] : [];
  return { token: valueText(value['token']), events: list.filter(isRecord).map(decodeEvent) };
};

const decodeEvent = (event: Readonly<Record<string, unknown>>): XenEvent => ({
  className: String(event['class']),
  operation: event['operation'] === 'add' || event['operation'] === 'del' ? event['operation'] : 'mod',
  ref: String(event['ref']),
  snapshot: isRecord(event['snapshot']) ? event['snapshot'] : undefined,
});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
