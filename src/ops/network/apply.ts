// Brings the switch of this host in line with the database, and tells the database how links and bonds are.

import type { Ref } from '../../lib/brand.ts';
import type { ChangeBatch } from '../../db/db.ts';
import type { DriverError } from '../../drivers/hypervisor.ts';
import type { HostNetwork, LinkStatus, NetworkDriver } from '../../drivers/network.ts';
import type { ClassName } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { timeText } from '../refs.ts';
import { desiredNetwork } from './desired.ts';
import { recordAddresses } from './record-addresses.ts';
import { recordTunnels } from './record-tunnels.ts';

/** By the uuid of the PIF or network to blame. */
export type NetworkFailures = ReadonlyMap<string, DriverError>;

/** The networks that each driver was last given and answered: whoever follows the database need not give them again. */
const given = new WeakMap<NetworkDriver, string>();

const give = async (services: Services, desired: HostNetwork): Promise<NetworkFailures> => {
  const { network } = services;
  given.delete(network);
  const failures = await network.apply(desired);
  given.set(network, JSON.stringify(desired.networks));
  await recordTunnels(services, failures);
  return failures;
};

/** Resolves when the switch has what the database says now. Rejects with DriverError when it does not answer. */
export const applyNetwork = (services: Services): Promise<NetworkFailures> =>
  give(services, desiredNetwork(services.db, services.self.host));

/** Classes whose records the desired state is made of, guests' aside: their ports come and go with plug and unplug. */
const classes: ReadonlySet<ClassName> = new Set<ClassName>(['network', 'PIF', 'VLAN', 'Bond', 'tunnel']);

const recordLink = async (services: Services, { device, carrier, speedMbps = 0, fullDuplex }: LinkStatus): Promise<void> => {
  await change(services.db, tx => {
    for (const ref of tx.referrers('PIF', 'host', services.self.host)) {
      const pif = tx.need('PIF', ref);
      if (!pif.physical || pif.device !== device || !tx.get('PIF_metrics', pif.metrics)) continue;
      const before = tx.need('PIF_metrics', pif.metrics);
      if (before.carrier === carrier && before.speed === speedMbps && before.duplex === fullDuplex) continue;
      tx.update('PIF_metrics', pif.metrics, { carrier, speed: speedMbps, duplex: fullDuplex, last_updated: timeText() });
    }
  });
};

const bondOf = (services: Services, pifUuid: string): Ref<'Bond'> | undefined => {
  const pif = services.db.byUuid('PIF', pifUuid);
  return pif && services.db.get('PIF', pif)?.bond_master_of[0];
};

const recordBonds = async (services: Services): Promise<void> => {
  const states = await services.network.bonds();
  await change(services.db, tx => {
    for (const { pif, members } of states) {
      const bond = bondOf(services, pif);
      const links = members.filter(({ carrier }) => carrier).length;
      if (bond && tx.get('Bond', bond)) tx.update('Bond', bond, { links_up: links });
    }
  });
};

export interface FollowedNetwork {
  stop(): Promise<void>;
}

class Follower implements FollowedNetwork {
  readonly #services: Services;
  readonly #stops: readonly (() => void)[];
  #isDirty = false;
  #work: Promise<void> = Promise.resolve();

  constructor(services: Services) {
    this.#services = services;
    this.#stops = [services.db.subscribe(batch => this.#changed(batch)), services.network.onEvent(event => this.#heard(event))];
    this.#do('how the bonds are could not be recorded', () => recordBonds(services));
    this.#do('the addresses of the host could not be recorded', () => recordAddresses(services));
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#work;
  }

  #desired(): HostNetwork {
    return desiredNetwork(this.#services.db, this.#services.self.host);
  }

  #do(failure: string, work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(error => this.#services.log.warn(failure, { error }));
  }

  #heard(event: Parameters<Parameters<Services['network']['onEvent']>[0]>[0]): void {
    if (event.kind === 'addresses') {
      this.#do('the addresses of the host could not be recorded', () => recordAddresses(this.#services));
      return;
    }
    if (event.kind === 'link') this.#do('a link could not be recorded', () => recordLink(this.#services, event.link));
    this.#do('how the bonds are could not be recorded', () => recordBonds(this.#services));
  }

  /** A record may have been written by anybody, a field at a time: the switch follows. */
  #changed({ changes }: ChangeBatch): void {
    if (this.#isDirty || !changes.some(({ cls }) => classes.has(cls))) return;
    this.#isDirty = true;
    this.#do('the network could not be brought in line with the database', async () => {
      await this.#services.networkTrials.settled();
      this.#isDirty = false;
      const desired = this.#desired();
      if (given.get(this.#services.network) === JSON.stringify(desired.networks)) return;
      const failures = await give(this.#services, desired);
      for (const [uuid, { message }] of failures)
        this.#services.log.warn('a part of the network could not be made', { uuid, reason: message });
    });
  }
}

/** From now on the switch follows the records, and the records the links. */
export const followNetwork = (services: Services): FollowedNetwork => new Follower(services);

/** At a start: what the last process left half done is done, and what the switch lost is there again. */
export const startNetwork = async (services: Services): Promise<void> => {
  try {
    for (const [uuid, { message }] of await applyNetwork(services))
      services.log.warn('a part of the network could not be made', { uuid, reason: message });
  } catch (error) {
    services.log.error('the network could not be made what it should be', { error });
  }
};
