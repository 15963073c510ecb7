// What a migration came to, in figures and in one sentence for people.

import type { PlanOutcome } from '../../engine/types.ts';
import type { Json } from '../../lib/json.ts';

export interface MigrationSummary {
  readonly tookMs: number;
  readonly diskBytes: number;
  /** Of a guest that moved while it ran. */
  readonly memoryBytes?: number;
  /** How long the guest stood still, as its hypervisor counts it. */
  readonly downtimeMs?: number;
  /** How long the comparison of all disks took, if there was one; a live guest stood still for it, beyond `downtimeMs`. */
  readonly verifyMs?: number;
}

const numberIn = (result: Json | undefined, key: string): number | undefined => {
  const value: unknown = Object(result)[key];
  return typeof value === 'number' ? value : undefined;
};

export function summarise({ results }: PlanOutcome, tookMs: number): MigrationSummary {
  const copies = [...results].filter(([step]) => step.startsWith('copy')).map(([, result]) => numberIn(result, 'bytes') ?? 0);
  const memoryBytes = numberIn(results.get('handOver'), 'memoryBytes');
  const downtimeMs = numberIn(results.get('handOver'), 'downtimeMs');
  const verifyMs = numberIn(results.get('verify'), 'tookMs');
  return {
    tookMs: Math.round(tookMs),
    diskBytes: copies.reduce((sum, bytes) => sum + bytes, 0),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(downtimeMs !== undefined && { downtimeMs }),
    ...(verifyMs !== undefined && { verifyMs }),
  };
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export function sentence({ tookMs, diskBytes, memoryBytes, downtimeMs, verifyMs }: MigrationSummary): string {
  const memory = memoryBytes === undefined ? '' : ` and ${mib(memoryBytes)} of memory`;
  const still = downtimeMs === undefined ? '' : `; the guest stood still for ${(downtimeMs + (verifyMs ?? 0)).toFixed(0)} ms`;
  const compared = verifyMs === undefined ? '' : '; all disks compared: identical';
  return `moved ${mib(diskBytes)} of disks${memory} in ${(tookMs / 1000).toFixed(1)} s${still}${compared}`;
}
