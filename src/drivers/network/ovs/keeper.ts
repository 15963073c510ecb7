// Keeps the switch what it was last made: follows its database, and applies the desired state again when somebody changed it by hand, when
// the switch was restarted, when the database went away and came back. Tells of links and bonds that change.
//
// Somebody who undoes a repair again and again is not fought at full speed: each repair in a row waits twice as long.

import { systemClock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { backoffMs, retry } from '../../../lib/retry.ts';
import type { HostNetwork, LinkStatus, NetworkEvent, VifPort } from '../../network.ts';
import { noNetwork } from '../desired.ts';
import { planBatch } from './changes.ts';
import type { Failures } from './commit.ts';
import type { Connection } from './connection.ts';
import { watchPulse } from './pulse.ts';
import type { ReconcileOptions } from './reconcile.ts';
import type { InterfaceRow, RowChange } from './switch-view.ts';

export interface KeeperOptions {
  readonly log: Logger;
  /** Where the switch has its sockets. */
  readonly rundir: string;
  desired(): HostNetwork;
  options(): ReconcileOptions;
  /** Rounds that are under way: what they change is no drift. */
  isBusy(): boolean;
  connect(): Promise<Connection>;
  lostPorts(connection: Connection): Promise<readonly VifPort[]>;
  /** Makes the desired state so, once more. */
  apply(): Promise<Failures>;
}

export interface Keeper {
  /** A new connection stands. */
  follow(connection: Connection): void;
  /** The connection is lost. */
  lost(): void;
  onEvent(listener: (event: NetworkEvent) => void): () => void;
  close(): void;
}

/** What belongs together has come by then. */
const quiet = { firstMs: 250, maxMs: 60_000, factor: 2, jitter: 0.2 };
/** While a round of ours is under way nearly all that changes is ours: whether somebody else was at it too is looked at in peace. */
const ownQuietMs = 2_000;
/** After so long without a repair the next is a first one again. */
const peaceMs = 60_000;
const restarted = 'the switch was restarted';
const reconnectBackoff = { firstMs: 100, maxMs: 5_000, factor: 2, jitter: 0.5 };

/** The link of a NIC as the switch has noted it. */
export const linkOf = (row: InterfaceRow): LinkStatus => ({
  device: row.name,
  carrier: row.linkUp,
  ...(row.linkUp && row.linkSpeedMbps !== undefined && { speedMbps: row.linkSpeedMbps }),
  fullDuplex: row.fullDuplex,
});

const sameLink = (a: InterfaceRow, b: InterfaceRow): boolean =>
  a.linkUp === b.linkUp && a.linkSpeedMbps === b.linkSpeedMbps && a.fullDuplex === b.fullDuplex;

/** A row came, went, or says something else than the switch itself notes in it. */
const isEdit = (change: RowChange): boolean => {
  if (change.table === 'Bridge' || !change.before || !change.after) return true;
  const { before, after } = change;
  return (
    (before.columns !== after.columns && JSON.stringify(before.columns) !== JSON.stringify(after.columns)) ||
    ('interfaces' in before && 'interfaces' in after && String(before.interfaces) !== String(after.interfaces))
  );
};

const isBondNews = (change: RowChange): boolean => {
  if (!change.before || !change.after) return false;
  if (change.table === 'Port') return change.before.bondActive !== change.after.bondActive;
  return change.table === 'Interface' && change.before.lacpCurrent !== change.after.lacpCurrent;
};

class SwitchKeeper implements Keeper {
  readonly #options: KeeperOptions;
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  readonly #closing = new AbortController();
  #hasPulse = false;
  #reason: string | undefined;
  /** All that has changed since the last look, changed during rounds of ours. */
  #isOwn = true;
  #patience = new AbortController();
  #isWatching = false;
  #repairs = 0;
  #lastRepairAt = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  follow({ view, host }: Connection): void {
    this.#feelPulse();
    view.watch(changes => {
      for (const change of changes) {
        if (change.table !== 'Interface' || !change.after || !host.takes(change.after.name)) continue;
        if (!change.before || !sameLink(change.before, change.after)) this.#tell({ kind: 'link', link: linkOf(change.after) });
      }
      if (changes.some(isBondNews)) this.#tell({ kind: 'bonds' });
      if (changes.some(isEdit)) this.#look('the switch was changed by hand');
    });
    for (const row of view.interfaces.values()) if (host.takes(row.name)) this.#tell({ kind: 'link', link: linkOf(row) });
  }

  lost(): void {
    if (this.#closing.signal.aborted || this.#options.desired() === noNetwork) return;
    this.#options.log.warn('the connection to Open vSwitch is lost; its ports go on, and are looked at when it is back');
    void this.#reconnect();
  }

  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closing.abort(new Error('the network driver is closed'));
    this.#listeners.clear();
  }

  #feelPulse(): void {
    if (this.#hasPulse) return;
    this.#hasPulse = true;
    const { signal } = this.#closing;
    watchPulse(this.#options.rundir, { signal, onRestart: () => this.#look(restarted) }).catch(error => {
      if (!signal.aborted) this.#options.log.warn('restarts of the switch are not noticed any more', { error });
    });
  }

  #tell(event: NetworkEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await retry(() => this.#options.connect(), { backoff: reconnectBackoff, signal });
      await this.#repair('Open vSwitch went away and is back');
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn('the network could not be made again after Open vSwitch came back', { error });
    }
  }

  /** Soon: what belongs together comes together, and comes once. */
  #look(reason: string): void {
    // A restart is told even where nothing has to be changed: devices are new, and have lost what was not Open vSwitch's.
    if (this.#reason !== restarted) this.#reason = reason;
    if (reason === restarted || !this.#options.isBusy()) {
      this.#isOwn = false;
      this.#patience.abort();
    }
    if (this.#isWatching || this.#options.desired() === noNetwork) return;
    this.#isWatching = true;
    void this.#watch();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (this.#reason !== undefined && !signal.aborted) {
        if (Date.now() - this.#lastRepairAt > peaceMs) this.#repairs = 0;
        await this.#quiet(signal);
        if (this.#options.isBusy()) continue;
        const reason = this.#reason;
        this.#reason = undefined;
        this.#isOwn = true;
        if (reason === restarted || (await this.#differs())) await this.#repair(reason);
      }
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn('the network could not be held to what it should be', { error });
    } finally {
      this.#isWatching = false;
    }
  }

  async #quiet(signal: AbortSignal): Promise<void> {
    if (this.#isOwn) {
      this.#patience = new AbortController();
      const either = AbortSignal.any([signal, this.#patience.signal]);
      await systemClock.sleep(ownQuietMs, { signal: either }).catch(() => signal.throwIfAborted());
    }
    // Somebody else was at it, maybe only since.
    if (!this.#isOwn) await systemClock.sleep(backoffMs(quiet, this.#repairs + 1, Math.random()), { signal });
  }

  async #differs(): Promise<boolean> {
    const connection = await this.#options.connect();
    const wish = { kind: 'state', desired: this.#options.desired(), options: this.#options.options() } as const;
    if (planBatch(connection.view, connection.host, [wish]).operations.length > 0) return true;
    return (await this.#options.lostPorts(connection)).length > 0;
  }

  async #repair(reason: string): Promise<void> {
    const failures = await this.#options.apply();
    this.#repairs += 1;
    this.#lastRepairAt = Date.now();
    this.#options.log.warn('the network was made again what it should be', { reason, failures: failures.size });
    this.#tell({ kind: 'repaired', reason, failures: failures.size });
  }
}

/** Does nothing until a state is desired. */
export const createKeeper = (options: KeeperOptions): Keeper => new SwitchKeeper(options);
