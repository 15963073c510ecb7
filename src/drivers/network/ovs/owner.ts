// Whose rows are whose: the keys under which xcp notes on its rows what they are, and for which of the machine's hosts.

import type { HostedNetwork } from '../desired.ts';
import type { Columns } from './rows.ts';

/** Marks what belongs to one xcp host; nothing else is ever removed. */
export const ownerKey = 'xcp-host';
/** XenAPI's name of a bridge, or of the bridge that a port is for. */
export const bridgeKey = 'xcp-bridge';
/** Ports with a role are those of uplinks and VLANs: made from a desired state and removed with it. */
export const roleKey = 'xcp-role';
/** Ports of guests: the VIF's uuid. */
export const vifKey = 'xs-vif-uuid';

interface Entity {
  readonly columns: Columns;
}

export const externalId = ({ columns }: Entity, key: string): string | undefined => {
  const ids = columns['external_ids'];
  return (typeof ids === 'object' && ids !== null ? ids[key] : undefined) ?? undefined;
};

export const isOurs = (entity: Entity, tag: string): boolean => externalId(entity, ownerKey) === tag;

/** A network's names, so that people and other programs find it. */
export const namesOf = (
  { bridge, networkId }: Pick<HostedNetwork, 'bridge' | 'networkId'>,
  tag: string,
): Readonly<Record<string, string>> => ({ 'xs-network-uuids': networkId, [bridgeKey]: bridge, [ownerKey]: tag });

type Ids = Readonly<Record<string, string | null>>;

/** As Open vSwitch wants them on the port of a fake bridge, to show them as the bridge's. */
export const asFakeBridge = (ids: Ids): Ids => Object.fromEntries(Object.entries(ids).map(([key, value]) => [`fake-bridge-${key}`, value]));

const noNames: Ids = { 'xs-network-uuids': null, [bridgeKey]: null };

/** Of a bridge's own port, which may have been a VLAN's. */
export const bridgePortIds = (tag: string): Ids => ({
  ...noNames,
  ...asFakeBridge({ ...noNames, [ownerKey]: null }),
  [ownerKey]: tag,
  [roleKey]: null,
});
