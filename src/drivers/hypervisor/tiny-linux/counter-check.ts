// Reads a raw disk image that Tiny Linux's counter wrote and says whether each record is there, once, in its place.

import { open } from 'node:fs/promises';

const SECTOR = 512;
const CHUNK_SECTORS = 2048;
const RECORD = /^XCP-COUNT (\d{1,15}) (\d+\.\d+) *\n$/;

export interface CounterReport {
  /** 0 when there is no record at all. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
  /** Numbers below `last` that no sector holds; at most 100 are listed. */
  readonly missing: readonly number[];
  /** Numbers that more than one sector holds, or one in a wrong place; at most 100. */
  readonly duplicate: readonly number[];
  /** Sectors that begin like a record and are none; at most 100. */
  readonly torn: readonly number[];
  readonly ok: boolean;
}

const LISTED = 100;

/** The image must be raw: convert a qcow2 chain with qemu-img first. Reads only up to where records end by a full empty chunk. */
export async function checkCounter(rawPath: string): Promise<CounterReport> {
  const file = await open(rawPath, 'r');
  try {
    const found = new Set<number>();
    const duplicate: number[] = [];
    const torn: number[] = [];
    const chunk = Buffer.alloc(CHUNK_SECTORS * SECTOR);
    for (let base = 0; ; base += CHUNK_SECTORS) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, base * SECTOR);
      if (bytesRead < SECTOR) break;
      for (let at = 0; at + SECTOR <= bytesRead; at += SECTOR)
        readSector(chunk.subarray(at, at + SECTOR), base + at / SECTOR, { found, duplicate, torn });
    }
    return report(found, duplicate, torn);
  } finally {
    await file.close();
  }
}

interface Findings {
  readonly found: Set<number>;
  readonly duplicate: number[];
  readonly torn: number[];
}

function readSector(sector: Buffer, index: number, findings: Findings): void {
  if (sector[0] !== 0x58 || sector.toString('latin1', 0, 9) !== 'XCP-COUNT') return;
  const number = Number(RECORD.exec(sector.toString('latin1'))?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(number)) {
    if (findings.torn.length < LISTED) findings.torn.push(index);
    return;
  }
  if (findings.found.has(number) || number !== index) {
    if (findings.duplicate.length < LISTED) findings.duplicate.push(number);
  }
  findings.found.add(number);
}

function report(found: ReadonlySet<number>, duplicate: readonly number[], torn: readonly number[]): CounterReport {
  let first = 0;
  let last = 0;
  for (const number of found) {
    if (first === 0 || number < first) first = number;
    if (number > last) last = number;
  }
  const missing: number[] = [];
  for (let number = 1; number <= last && missing.length < LISTED; number++) if (!found.has(number)) missing.push(number);
  const ok = last > 0 && missing.length === 0 && duplicate.length === 0 && torn.length === 0;
  return { first, last, records: found.size, missing, duplicate, torn, ok };
}
