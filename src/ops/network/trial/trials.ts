// Changes that could cut the management off are made on trial: a fresh connection from outside by the new way confirms them, or else the
// host takes them back by itself.
//
//   edit + record (one transaction) ─► file, watchdog ─► switch ─► armed ──heard from outside──► confirmed: what was leaving goes
//                                                                   └──time is up, or a restart──► taken back
//
// Three guards, each enough by itself: this process's clock; a watchdog process that outlives it; the next start.

import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../lib/clock.ts';
import type { Reader, Tx } from '../../../db/db.ts';
import type { HostAddress, HostNetwork } from '../../../drivers/network.ts';
import { change } from '../../change.ts';
import type { CallOrigin, Services } from '../../context.ts';
import { postMessage } from '../../message/post.ts';
import { applyNetwork } from '../apply.ts';
import { type Edit, takeBack } from '../edits.ts';
import { leavingAddresses, touchesManagement } from './cone.ts';
import { TrialFiles } from './file.ts';
import { deleteTrialRecord, putTrialRecord, type TrialRecord, trialRecord } from './record.ts';

export const DEFAULT_CONFIRM_TIMEOUT_MS = 60_000;
export const MAX_CONFIRM_TIMEOUT_MS = 3_600_000;

/** The other end of a connection that proved who it is. */
export interface Visitor {
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** When the connection came about, in ms since 1970. */
  readonly connectedAt: number;
}

export interface NetworkTrialsOptions {
  readonly stateDir: string;
  /** Starts the process that takes the change back if this one does not live to do so. Resolves when it watches. */
  readonly watch: (trial: { readonly id: string; readonly timeoutMs: number }) => Promise<void>;
}

export interface TrialStatus {
  /** Seconds until the change is taken back. */
  readonly remainingSeconds: number;
  /** By which the host wants to be reached. */
  readonly addresses: readonly string[];
}

interface Running {
  readonly id: string;
  readonly deadline: number;
  readonly over: AbortController;
  /** When the switch had the change. */
  armedAt: number | undefined;
}

const LOCAL_CHECK_MS = 1_000;

/** `::ffff:10.0.0.1` is 10.0.0.1; a zone is not part of the address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

export class NetworkTrials {
  readonly #files: TrialFiles;
  readonly #watch: NetworkTrialsOptions['watch'];
  readonly #holds = new Set<Promise<void>>();
  #isEnabled = false;
  #running: Running | undefined;
  #outcome: 'confirmed' | 'taken back' | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor({ stateDir, watch }: NetworkTrialsOptions) {
    this.#files = new TrialFiles(stateDir);
    this.#watch = watch;
  }

  /** Whether the way to the management is this agent's to make, and to break. */
  get ownsNetwork(): boolean {
    return this.#isEnabled;
  }

  /** How the last one of this process ended. */
  get outcome(): 'confirmed' | 'taken back' | undefined {
    return this.#outcome;
  }

  /** A change waits for its outcome here before the switch may see it. */
  hold(): { release(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#holds.add(promise);
    return {
      release: () => {
        this.#holds.delete(promise);
        resolve();
      },
    };
  }

  /** Resolves when every change that is in the database may go to the switch. */
  async settled(): Promise<void> {
    await Promise.all(this.#holds);
  }

  /** Within the transaction of the change: notes the trial that it needs, if it needs one. */
  note(
    tx: Tx,
    change: {
      readonly before: HostNetwork;
      readonly after: HostNetwork;
      readonly edits: readonly Edit[];
      readonly had: readonly HostAddress[];
    },
    origin: CallOrigin,
  ): TrialRecord | undefined {
    const { before, after, edits, had } = change;
    if (!this.#isEnabled || !touchesManagement(before, after)) return undefined;
    const running = trialRecord(tx);
    const leaving = leavingAddresses(before, after, had);
    const record: TrialRecord = {
      id: randomUUID(),
      timeoutMs: Math.min(origin.confirmTimeoutMs ?? DEFAULT_CONFIRM_TIMEOUT_MS, MAX_CONFIRM_TIMEOUT_MS),
      before: running?.before ?? before,
      edits: [...(running?.edits ?? []), ...edits],
      leaving: leaving ? { [leaving.networkId]: leaving.addresses } : {},
    };
    putTrialRecord(tx, record);
    return record;
  }

  /** After the transaction, before the switch: from here on the change comes back whatever becomes of this process. */
  async begin(services: Services, record: TrialRecord): Promise<void> {
    const { id, timeoutMs, before } = record;
    await this.#files.begin({ id, before });
    await this.#watch({ id, timeoutMs });
    await this.#replace(id, timeoutMs);
    services.log.warn('a change of the management is on trial', { trial: id, timeoutSeconds: timeoutMs / 1000 });
  }

  /** The switch has the change: the clock decides, or who comes by the new way. */
  arm(services: Services, record: TrialRecord, origin: CallOrigin): void {
    const running = this.#running;
    if (running?.id !== record.id) return;
    running.armedAt = Date.now();
    this.#wait(services, running);
    if (origin.isLocal) this.#look(services, running);
  }

  /** The switch did not take the change: only what was on trial before it is so still. Within the transaction that takes it back. */
  withdraw(tx: Tx, record: TrialRecord, edits: readonly Edit[]): void {
    const earlier = record.edits.slice(0, record.edits.length - edits.length);
    if (earlier.length === 0) deleteTrialRecord(tx);
    else putTrialRecord(tx, { ...record, edits: earlier });
  }

  /** After that transaction, and after the switch has followed. */
  async withdrawn(services: Services, record: TrialRecord): Promise<void> {
    if (trialRecord(services.db)?.id === record.id) return this.arm(services, record, { isLocal: false });
    if (this.#running?.id === record.id) this.#stop(this.#running);
    await this.#files.end(record.id);
  }

  /** Somebody from outside has proved who he is. Cheap when nothing is on trial. */
  heard(services: Services, visitor: Visitor): void {
    const running = this.#running;
    if (running?.armedAt === undefined || visitor.connectedAt < running.armedAt) return;
    this.#do(services, async () => {
      if (running.over.signal.aborted || !(await this.#cameByTheNewWay(services, visitor))) return;
      await this.#confirm(services, running, `a connection from ${plain(visitor.remoteAddress)}`);
    });
  }

  /** Whether there was anything to confirm. */
  async confirm(services: Services, by: string): Promise<boolean> {
    const running = this.#running;
    if (running === undefined) return false;
    return this.#confirm(services, running, by);
  }

  async status(services: Services): Promise<TrialStatus | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    const { addresses } = await this.#management(services);
    return { remainingSeconds: Math.max(0, Math.ceil((running.deadline - Date.now()) / 1000)), addresses };
  }

  /** At a start, before the switch is touched: what was not confirmed is taken back, as far as the database is concerned. Whether there was any. */
  async recover(services: Services): Promise<boolean> {
    this.#isEnabled = (await services.network.probe()).ownsNics;
    const record = trialRecord(services.db);
    if (!record) return false;
    const confirmed = (await this.#files.standing(record.id)) === 'confirmed';
    if (!confirmed) await this.#files.claim(record.id, 'undoing');
    await change(services.db, tx => {
      if (!confirmed) takeBack(tx, record.edits);
      deleteTrialRecord(tx);
    });
    if (!confirmed) await this.#tell(services, 'hostd was restarted before anybody had reached the host by the new way');
    return true;
  }

  /** After the switch has been made what the database says. */
  async recovered(): Promise<void> {
    for (const { id } of await this.#files.all()) await this.#files.end(id);
  }

  /** The network was made anew, whatever it was: nothing is on trial any more. */
  async forget(): Promise<void> {
    if (this.#running) this.#stop(this.#running);
    await this.recovered();
  }

  /** Lets go; a trial that runs is the watchdog's and the next start's. */
  async stop(): Promise<void> {
    if (this.#running) this.#stop(this.#running);
    await this.#work;
  }

  async #replace(id: string, timeoutMs: number): Promise<void> {
    const before = this.#running;
    this.#running = { id, deadline: Date.now() + timeoutMs, over: new AbortController(), armedAt: undefined };
    if (!before) return;
    before.over.abort();
    await this.#files.end(before.id);
  }

  #stop(running: Running): void {
    running.over.abort();
    if (this.#running === running) this.#running = undefined;
  }

  #do(services: Services, work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => services.log.error('a trial of the network could not be ended', { error }));
  }

  #wait(services: Services, running: Running): void {
    const { signal } = running.over;
    void systemClock
      .sleep(Math.max(0, running.deadline - Date.now()), { signal })
      .then(() => this.#do(services, () => this.#rollBack(services, running)))
      .catch(() => undefined); // it has ended otherwise
  }

  async #confirm(services: Services, running: Running, by: string): Promise<boolean> {
    if (!(await this.#files.claim(running.id, 'confirmed'))) return false;
    this.#outcome = 'confirmed';
    this.#stop(running);
    await change(services.db, deleteTrialRecord);
    services.log.info('the change of the management is confirmed', { trial: running.id, by });
    // What was leaving goes.
    await applyNetwork(services);
    await this.#files.end(running.id);
    return true;
  }

  async #rollBack(services: Services, running: Running): Promise<void> {
    if (running.over.signal.aborted) return;
    const record = trialRecord(services.db);
    // The watchdog may have been first; the records are still ours to take back.
    await this.#files.claim(running.id, 'undoing');
    if (record?.id !== running.id || (await this.#files.standing(running.id)) !== 'undoing') return;
    this.#outcome = 'taken back';
    this.#stop(running);
    await change(services.db, tx => {
      takeBack(tx, record.edits);
      deleteTrialRecord(tx);
    });
    await applyNetwork(services);
    await this.#files.end(running.id);
    await this.#tell(services, `nobody reached the host by the new way within ${record.timeoutMs / 1000} seconds`);
  }

  async #tell(services: Services, why: string): Promise<void> {
    services.log.warn('a change of the management was taken back', { why });
    const host = services.db.get('host', services.self.host);
    if (!host) return;
    const body = `A change of the host's management network was taken back, because ${why}.`;
    await postMessage(services, { name: 'MANAGEMENT_CHANGE_ROLLED_BACK', priority: 3, cls: 'Host', obj_uuid: host.uuid, body });
  }

  /** A caller on the host itself has its own way in, and cannot come from outside: the gateway speaks for the network. */
  #look(services: Services, running: Running): void {
    const { signal } = running.over;
    const look = async (): Promise<void> => {
      while (!signal.aborted) {
        const { bridge, addresses } = await this.#management(services);
        const answers = bridge === undefined || addresses.length === 0 ? false : await services.network.gatewayAnswers(bridge);
        if (answers !== false) {
          this.#do(services, async () => {
            if (!signal.aborted)
              await this.#confirm(services, running, answers === true ? 'the gateway answers' : 'there is no gateway to ask');
          });
          return;
        }
        await systemClock.sleep(LOCAL_CHECK_MS, { signal });
      }
    };
    look().catch((error: unknown) => {
      if (!signal.aborted) services.log.warn('whether the gateway answers could not be found out', { error });
    });
  }

  async #cameByTheNewWay(services: Services, { localAddress, remoteAddress }: Visitor): Promise<boolean> {
    const { addresses, own } = await this.#management(services);
    const from = plain(remoteAddress);
    const isOwn = own.includes(from) || from === '::1' || from.startsWith('127.');
    return !isOwn && addresses.includes(plain(localAddress));
  }

  async #management(services: Services): Promise<{
    readonly bridge: string | undefined;
    /** Of the management, those that are leaving left out. */
    readonly addresses: readonly string[];
    readonly own: readonly string[];
  }> {
    const status = await services.network.addresses();
    const bridge = managementBridge(services.db, services);
    const leaving = new Set(Object.values(trialRecord(services.db)?.leaving ?? {}).flatMap(list => list.map(({ address }) => address)));
    const all = (which: (bridge: string) => boolean): readonly string[] =>
      status.filter(one => which(one.bridge)).flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6].map(({ address }) => address));
    return { bridge, addresses: all(name => name === bridge).filter(address => !leaving.has(address)), own: all(() => true) };
  }
}

const managementBridge = (db: Reader, { self }: Services): string | undefined => {
  const pif = db.referrers('PIF', 'host', self.host).find(ref => db.need('PIF', ref).management);
  return pif && db.get('network', db.need('PIF', pif).network)?.bridge;
};
