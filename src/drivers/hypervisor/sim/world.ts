// The simulated guests of one host: in memory, and each in a small file of its own below the state directory, so that another process
// finds them as they were. A guest here is its record; nothing runs.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriverError, type GuestEvent, type GuestSpec, type GuestState } from '../../hypervisor.ts';

export interface SimGuest {
  readonly spec: GuestSpec;
  readonly state: GuestState;
  readonly domid: number;
  readonly startedAtMs: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Path of the layer that takes each disk's writes; null for an empty drive. */
  readonly layers: Readonly<Record<string, string | null>>;
  /** How far a migration from here has come. */
  readonly sending: 'no' | 'disks' | 'stopped' | 'handed-over';
  /** At a destination: whether all memory has arrived. */
  readonly arrived: boolean;
}

export interface World {
  all(): Promise<readonly SimGuest[]>;
  find(id: string): Promise<SimGuest | undefined>;
  /** Rejects with `not-found`. */
  get(id: string): Promise<SimGuest>;
  /** Rejects with `exists`. */
  add(guest: Omit<SimGuest, 'domid' | 'layers' | 'sending' | 'arrived'>): Promise<SimGuest>;
  change(id: string, fields: Partial<SimGuest>): Promise<SimGuest>;
  /** Idempotent; tells `gone` when there was one. */
  remove(id: string, reason: Extract<GuestEvent, { kind: 'gone' }>['reason']): Promise<void>;
  tell(event: GuestEvent): void;
  onEvent(listener: (event: GuestEvent) => void): () => void;
}

const layersOf = (spec: GuestSpec): SimGuest['layers'] => Object.fromEntries(spec.disks.map(disk => [disk.id, disk.source?.path ?? null]));

interface Files {
  load(): Promise<readonly SimGuest[]>;
  save(guest: SimGuest): Promise<void>;
  drop(id: string): Promise<void>;
}

const noFiles: Files = { load: () => Promise.resolve([]), save: () => Promise.resolve(), drop: () => Promise.resolve() };

const filesIn = (directory: string): Files => ({
  async load() {
    await mkdir(directory, { recursive: true });
    const names = (await readdir(directory)).filter(name => name.endsWith('.json'));
    return Promise.all(names.map(async (name): Promise<SimGuest> => JSON.parse(await readFile(path.join(directory, name), 'utf8'))));
  },
  async save(guest) {
    const file = path.join(directory, `${guest.spec.id}.json`);
    await writeFile(`${file}.new`, JSON.stringify(guest));
    await rename(`${file}.new`, file);
  },
  drop: id => rm(path.join(directory, `${id}.json`), { force: true }),
});

const FIRST_DOMID = 1;

const noGuest = (id: string): DriverError => new DriverError('not-found', `there is no guest ${id}`);

/** Without a state directory the guests end with this process. */
export const createWorld = (stateDir: string | undefined): World => {
  const files = stateDir === undefined ? noFiles : filesIn(path.join(stateDir, 'sim-guests'));
  const listeners = new Set<(event: GuestEvent) => void>();
  /** Changes of one guest's file, in order. */
  const saving = new Map<string, Promise<void>>();
  let loaded: Promise<Map<string, SimGuest>> | undefined;
  let lastDomid = FIRST_DOMID;

  const guests = (): Promise<Map<string, SimGuest>> => {
    loaded ??= files.load().then(list => {
      for (const guest of list) lastDomid = Math.max(lastDomid, guest.domid);
      return new Map(list.map(guest => [guest.spec.id, guest]));
    });
    return loaded;
  };

  const inOrder = (id: string, work: () => Promise<void>): Promise<void> => {
    const next = (saving.get(id) ?? Promise.resolve()).then(work);
    const settled = next
      .catch(() => undefined)
      .finally(() => {
        if (saving.get(id) === settled) saving.delete(id);
      });
    saving.set(id, settled);
    return next;
  };

  /** Visible at once, so that nothing comes between a check and its change; then kept. */
  const put = async (known: Map<string, SimGuest>, guest: SimGuest): Promise<SimGuest> => {
    known.set(guest.spec.id, guest);
    await inOrder(guest.spec.id, () => files.save(guest));
    return guest;
  };

  const world: World = {
    all: async () => [...(await guests()).values()],
    find: async id => (await guests()).get(id),
    async get(id) {
      const guest = await world.find(id);
      if (guest === undefined) throw noGuest(id);
      return guest;
    },
    async add(guest) {
      const known = await guests();
      if (known.has(guest.spec.id)) throw new DriverError('exists', `guest ${guest.spec.id} exists already`);
      lastDomid += 1;
      return put(known, { ...guest, domid: lastDomid, layers: layersOf(guest.spec), sending: 'no', arrived: false });
    },
    async change(id, fields) {
      const known = await guests();
      const before = known.get(id);
      if (before === undefined) throw noGuest(id);
      return put(known, { ...before, ...fields });
    },
    async remove(id, reason) {
      if (!(await guests()).delete(id)) return;
      await inOrder(id, () => files.drop(id));
      world.tell({ kind: 'gone', id, reason });
    },
    tell(event) {
      for (const listener of listeners) listener(event);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return world;
};
