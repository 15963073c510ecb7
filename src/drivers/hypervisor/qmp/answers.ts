// Reading QEMU's answers, which are JSON of known shapes: each field is looked at once, here.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { isObject } from '../../../wire/qmp.ts';
import type { Monitor } from './monitor.ts';

export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const objectsOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

export type JobStatus =
  | 'created'
  | 'running'
  | 'paused'
  | 'ready'
  | 'standby'
  | 'waiting'
  | 'pending'
  | 'aborting'
  | 'concluded'
  | 'undefined'
  | 'null';

export interface Job {
  readonly id: string;
  readonly status: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Set when the job ended badly. */
  readonly error?: string;
}

export const queryJobs = async (monitor: Monitor): Promise<readonly Job[]> =>
  objectsOf(await monitor.execute('query-jobs')).map(job => ({
    id: textOf(job['id']),
    status: textOf(job['status']),
    doneBytes: numberOf(job['current-progress']),
    totalBytes: numberOf(job['total-progress']),
    ...(typeof job['error'] === 'string' && { error: job['error'] }),
  }));

export interface MigrationState {
  /** Empty before the first migration. */
  readonly status: string;
  readonly errorText: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly downtimeMs?: number;
  readonly port?: number;
}

export const queryMigration = async (monitor: Monitor): Promise<MigrationState> => {
  const answer = objectOf(await monitor.execute('query-migrate'));
  const ram = objectOf(answer['ram']);
  const address = objectsOf(answer['socket-address'])[0];
  const remainingBytes = numberOf(ram['remaining']);
  const doneBytes = numberOf(ram['transferred']);
  return {
    status: textOf(answer['status']),
    errorText: textOf(answer['error-desc']),
    doneBytes,
    totalBytes: doneBytes + remainingBytes,
    ...(typeof answer['downtime'] === 'number' && { downtimeMs: answer['downtime'] }),
    ...(address && { port: Number(textOf(address['port'])) }),
  };
};

export const queryRunState = async (monitor: Monitor): Promise<string> => textOf(objectOf(await monitor.execute('query-status'))['status']);
