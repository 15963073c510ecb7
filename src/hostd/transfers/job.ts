// What every transfer is given.

import type { Services } from '../../ops/context.ts';
import type { RunningTask } from '../tasks.ts';
import type { Spool } from './spool.ts';

export interface TransferJob {
  readonly services: Services;
  readonly spool: Spool;
  readonly task: RunningTask;
  readonly query: URLSearchParams;
  /** Aborted when the task is cancelled, or the client has left. */
  readonly signal: AbortSignal;
}
