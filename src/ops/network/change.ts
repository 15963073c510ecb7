// The one way in which messages change a host's network: the records in one transaction, then the switch from the records. If the switch
// cannot make what the change touched, the records are taken back and the caller is told; nothing has changed then.
//
//   edit (one transaction) ─► apply (desired state of the database as it is now) ─► done
//                                  └─ failed for what was edited ─► records taken back ─► apply ─► XenError
//
// Killed between the two, the next start applies what the database says: the change took place, though its caller never heard of it. But
// one that could cut the management off is on trial (trial/trials.ts), and the next start takes it back.

import type { Ref } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { HostAddress } from '../../drivers/network.ts';
import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Call, Services } from '../context.ts';
import { asRef } from '../refs.ts';
import { applyNetwork, type NetworkFailures } from './apply.ts';
import { desiredNetwork } from './desired.ts';
import { type Edit, noting, takeBack } from './edits.ts';
import { addressesOfPif } from './host-ip.ts';
import type { TrialRecord } from './trial/record.ts';

/** Uuids that the driver may blame for the edits, with the object that the caller knows. */
const blamable = (services: Services, edits: readonly Edit[]): ReadonlyMap<string, Ref<'PIF'> | undefined> => {
  const found = new Map<string, Ref<'PIF'> | undefined>();
  for (const { kind, cls, ref } of edits) {
    if (kind === 'delete') continue;
    if (cls === 'network') {
      const network = services.db.get('network', asRef<'network'>(ref));
      if (network) found.set(network.uuid, undefined);
    }
    if (cls === 'Bond') addBond(services, found, services.db.get('Bond', asRef<'Bond'>(ref)));
    if (cls !== 'PIF') continue;
    const pif = services.db.get('PIF', asRef<'PIF'>(ref));
    if (pif) found.set(pif.uuid, asRef<'PIF'>(ref));
  }
  return found;
};

const addBond = (services: Services, found: Map<string, Ref<'PIF'> | undefined>, bond: RecordOf<'Bond'> | undefined): void => {
  for (const ref of bond ? [bond.master, ...bond.slaves] : []) {
    const pif = services.db.get('PIF', ref);
    if (pif) found.set(pif.uuid, ref);
  }
};

/** The XenAPI error for what the switch could not make. */
export const networkError = (error: DriverError, pif: Ref<'PIF'> | undefined): XenError => {
  if (error.kind === 'unsupported') return new XenError('OPENVSWITCH_NOT_ACTIVE', [], { cause: error });
  if (pif === undefined) return new XenError('INTERNAL_ERROR', [`${error.kind}: ${error.message}`], { cause: error });
  return new XenError('PIF_CONFIGURATION_ERROR', [pif, error.message], { cause: error });
};

const firstFailure = (services: Services, edits: readonly Edit[], failures: NetworkFailures): XenError | undefined => {
  const touched = blamable(services, edits);
  for (const [uuid, error] of failures) if (touched.has(uuid)) return networkError(error, touched.get(uuid));
  return undefined;
};

const anyPif = (edits: readonly Edit[]): Ref<'PIF'> | undefined => {
  const edit = edits.find(({ cls, kind }) => cls === 'PIF' && kind === 'update') ?? edits.find(({ cls }) => cls === 'PIF');
  return edit && asRef<'PIF'>(edit.ref);
};

const settle = async (services: Services): Promise<void> => {
  try {
    await applyNetwork(services);
  } catch (error) {
    // The switch does not answer. It gets the records as they are when it does.
    services.log.warn('the network could not be put back yet', { error });
  }
};

/** What the management is reached by, as the records have it: given or got. */
const managementAddresses = (db: Reader, host: Ref<'host'>): readonly HostAddress[] =>
  db
    .referrers('PIF', 'host', host)
    .map(ref => db.need('PIF', ref))
    .filter(({ management }) => management)
    .flatMap(addressesOfPif);

/** Edits the records and brings the switch of this host in line with them. A throw of `edit` changes nothing. */
export const changeNetwork = async <T>({ services, origin }: Pick<Call, 'services' | 'origin'>, edit: (tx: Tx) => T): Promise<T> => {
  const { db, self, networkTrials: trials } = services;
  const edits: Edit[] = [];
  let trial: TrialRecord | undefined;
  let result: T;
  const hold = trials.hold();
  try {
    result = await change(db, tx => {
      const before = desiredNetwork(tx, self.host);
      const had = managementAddresses(tx, self.host);
      const made = edit(noting(tx, edits));
      trial = trials.note(tx, { before, after: desiredNetwork(tx, self.host), edits, had }, origin);
      return made;
    });
  } catch (error) {
    hold.release();
    throw error;
  }
  let failure: XenError | undefined;
  try {
    if (trial) await trials.begin(services, trial);
    failure = firstFailure(services, edits, await applyNetwork(services));
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    failure = networkError(error, anyPif(edits));
  } finally {
    if (failure)
      await change(db, tx => {
        takeBack(tx, edits);
        if (trial) trials.withdraw(tx, trial, edits);
      });
    hold.release();
  }
  if (!failure) {
    if (trial) trials.arm(services, trial, origin);
    return result;
  }
  await settle(services);
  if (trial) await trials.withdrawn(services, trial);
  throw failure;
};
