// What a batch of wishes means for the switch: pure, from the view to one transaction. A wish that is fulfilled already costs nothing; one
// that cannot be fulfilled fails alone.

import type { JsonObject } from '../../../lib/json.ts';
import { DriverError } from '../../hypervisor.ts';
import type { HostNetwork, VifPort } from '../desired.ts';
import type { BridgeSpec } from '../../network.ts';
import { bridgeFor, placeOf } from './bridge.ts';
import { Draft, type View } from './draft.ts';
import { leavingGuard } from './guard/place.ts';
import { removeGuest, setGuest, vifOf } from './guest-ports.ts';
import type { Host } from './host.ts';
import { operationsOf } from './operations.ts';
import { bridgeKey, externalId, isOurs } from './owner.ts';
import { type Reconciled, reconcile, type ReconcileOptions } from './reconcile.ts';

export type Wish =
  | { readonly kind: 'state'; readonly desired: HostNetwork; readonly options: ReconcileOptions }
  | { readonly kind: 'bridge'; readonly spec: BridgeSpec }
  | { readonly kind: 'no-bridge'; readonly bridge: string }
  | { readonly kind: 'port'; readonly port: VifPort; readonly ifname: string }
  | { readonly kind: 'no-port'; readonly vifId: string };

export type Outcome =
  /** Nothing to do but to see that these interfaces, if any, work. */
  | { readonly kind: 'planned'; readonly interfaces: readonly string[] }
  | ({ readonly kind: 'state' } & Reconciled)
  | { readonly kind: 'refused'; readonly error: DriverError };

export interface Batch {
  readonly operations: readonly JsonObject[];
  /** One for each wish, in order. */
  readonly outcomes: readonly Outcome[];
  /** VIFs whose rules on the guard bridge have to go first. */
  readonly leaving: readonly string[];
}

const planned = (...interfaces: string[]): Outcome => ({ kind: 'planned', interfaces });
const refused = (error: DriverError): Outcome => ({ kind: 'refused', error });

const planBridge = (draft: Draft, host: Host, spec: BridgeSpec): Outcome => {
  const device = host.names.bridge(spec.bridge);
  const place = placeOf(draft, host, spec.bridge);
  // With an uplink it is a desired state's.
  if (!place || (place.tag === null && !hasNames(draft, device, spec))) bridgeFor(draft, host, { ...spec, uplink: { kind: 'none' } });
  return planned(device);
};

const hasNames = (draft: Draft, device: string, spec: BridgeSpec): boolean => {
  const bridge = draft.bridges.get(device);
  return bridge !== undefined && externalId(bridge, 'xs-network-uuids') === spec.networkId;
};

const planNoBridge = (draft: Draft, host: Host, name: string): Outcome => {
  const device = host.names.bridge(name);
  const place = placeOf(draft, host, name);
  if (!place) return planned();
  const guests = [...draft.ports.values()].filter(port => vifOf(port, host.tag) !== undefined && externalId(port, bridgeKey) === name);
  const bridge = draft.bridges.get(device);
  const others = bridge && isOurs(bridge, host.tag) ? [...bridge.ports].filter(port => port !== device) : [];
  const users = new Set([...guests.map(port => port.name), ...others]);
  // A bridge that someone else made is theirs to remove.
  if (bridge && !isOurs(bridge, host.tag)) return planned();
  if (users.size > 0)
    return refused(new DriverError('in-use', `the bridge ${name} still has ${users.size} ports`, { details: [...users] }));
  const fake = draft.ports.get(device);
  if (bridge) draft.removeBridge(device);
  else if (fake && isOurs(fake, host.tag)) draft.removePort(device);
  return planned();
};

const planPort = (draft: Draft, host: Host, port: VifPort, ifname: string): Outcome => {
  const place = placeOf(draft, host, port.bridge);
  if (!place) return refused(new DriverError('not-found', `there is no bridge ${port.bridge} on this host`));
  return planned(...setGuest(draft, host, port, ifname, place));
};

const planWish = (draft: Draft, host: Host, wish: Wish): Outcome => {
  switch (wish.kind) {
    case 'state':
      return { kind: 'state', ...resultsOf(reconcile(draft, host, wish.desired, wish.options)) };
    case 'bridge':
      return planBridge(draft, host, wish.spec);
    case 'no-bridge':
      return planNoBridge(draft, host, wish.bridge);
    case 'port':
      return planPort(draft, host, wish.port, wish.ifname);
    case 'no-port':
      removeGuest(draft, host, wish.vifId);
      return planned();
    default:
      return wish satisfies never;
  }
};

const resultsOf = ({ failures, interfaces }: Reconciled): Reconciled => ({ failures, interfaces });

/** What a later wish of the batch took away again need not work. */
const onlyRemaining = (draft: Draft, outcome: Outcome): Outcome =>
  outcome.kind === 'planned' ? planned(...outcome.interfaces.filter(name => draft.portOfInterface(name) !== undefined)) : outcome;

/** One transaction for all wishes, taken in order. */
export const planBatch = (view: View, host: Host, wishes: readonly Wish[]): Batch => {
  const draft = new Draft(view);
  const outcomes = wishes.map((wish): Outcome => {
    try {
      return planWish(draft, host, wish);
    } catch (error) {
      if (error instanceof DriverError) return refused(error);
      throw error;
    }
  });
  return {
    operations: operationsOf(draft),
    outcomes: outcomes.map(outcome => onlyRemaining(draft, outcome)),
    leaving: leavingGuard(view, draft, host),
  };
};

/** VIFs of this host that have ports. */
export const pluggedVifs = (view: Pick<View, 'ports'>, tag: string): readonly string[] =>
  [...view.ports.values()].flatMap(row => (isOurs(row, tag) ? (externalId(row, 'xs-vif-uuid') ?? []) : []));
