// The project's copy of what a real `xe` and a real XenAPI server were recorded to say. XCP_GOLDEN names another folder of the same form.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = process.env['XCP_GOLDEN'] ?? join(import.meta.dirname, 'recordings');

export type Ordering = 'exact' | 'set-of-records' | 'minimal-set' | 'lines-set';

export interface CommandCase {
  readonly argv: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly ordering?: Ordering;
}

/** A command that reads, or fails without effect, against pool A. */
export interface ReadCase extends CommandCase {
  readonly family: string;
  readonly id: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly rcfile?: string;
  readonly transport: 'unix' | 'tls';
}

export interface WriteStep extends CommandCase {
  readonly stdin?: string;
  /** Names that this step's output binds. */
  readonly bind?: Readonly<Record<string, 'stdout'>>;
}

/** Commands in order, from pool B. */
export interface Scenario {
  readonly scenario: string;
  readonly guest_tools: boolean;
  readonly steps: readonly WriteStep[];
}

/** One HTTP request and its reply. */
export interface WireCase {
  readonly id: string;
  readonly transport: 'jsonrpc' | 'xmlrpc';
  readonly method?: string;
  readonly path: string;
  readonly request: unknown;
  readonly status: number | null;
  readonly response: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const lines = <T>(name: string): readonly T[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map((line): T => JSON.parse(line));

export const readCases = (): readonly ReadCase[] => lines('read.jsonl.gz');
export const scenarios = (): readonly Scenario[] => lines('write.jsonl.gz');
export const singleCalls = (): readonly WireCase[] => lines('wire-readonly.jsonl.gz');
export const callSequences = (): readonly WireCase[] => lines('wire-sequences.jsonl.gz');

/** Pool A has something of everything; pool B is as a host is after its installation. */
export const poolFile = (pool: 'A' | 'B'): string => join(folder, pool === 'A' ? 'records.json.gz' : 'pristine-records.json.gz');
