// A trial as a file beside the database: what the watchdog needs to take the change back when nobody else does, also while the database
// cannot be read. Its name says how it stands, and a rename moves it on: of two who want to end a trial, one can.
//
//   pending-ID ─► confirmed-ID    somebody came through the new way
//            └──► undoing-ID      it is being taken back; the file goes when that is done

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../../../lib/sync-path.ts';
import type { HostNetwork } from '../../../drivers/network.ts';
import { errnoOf } from '../../../drivers/errno.ts';

export type TrialStanding = 'pending' | 'confirmed' | 'undoing';

export interface TrialFile {
  readonly id: string;
  /** What the switch and the addresses go back to. */
  readonly before: HostNetwork;
}

const SUFFIX = '.json';

export class TrialFiles {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'network');
  }

  /** Durable when it resolves. */
  async begin(trial: TrialFile): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path('pending', trial.id);
    await writeFile(`${path}.new`, JSON.stringify(trial), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
    await syncPath(this.#folder);
  }

  /** Whether the trial was pending and is now what was asked for, durably. */
  async claim(id: string, standing: Exclude<TrialStanding, 'pending'>): Promise<boolean> {
    try {
      await rename(this.#path('pending', id), this.#path(standing, id));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
    await syncPath(this.#folder);
    return true;
  }

  async standing(id: string): Promise<TrialStanding | undefined> {
    return (await this.all()).find(trial => trial.id === id)?.standing;
  }

  async all(): Promise<readonly { readonly id: string; readonly standing: TrialStanding }[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.flatMap(name => {
      const match = /^(pending|confirmed|undoing)-(.+)\.json$/.exec(name);
      return match ? [{ standing: match[1] as TrialStanding, id: match[2] ?? '' }] : [];
    });
  }

  /** Undefined when it has ended. */
  async read(id: string): Promise<TrialFile | undefined> {
    const standing = await this.standing(id);
    if (standing === undefined) return undefined;
    return JSON.parse(await readFile(this.#path(standing, id), 'utf8')) as TrialFile;
  }

  /** Nothing is left to do for it. Idempotent. */
  async end(id: string): Promise<void> {
    for (const standing of ['pending', 'confirmed', 'undoing'] as const) await rm(this.#path(standing, id), { force: true });
  }

  #path(standing: TrialStanding, id: string): string {
    return join(this.#folder, `${standing}-${id}${SUFFIX}`);
  }
}
