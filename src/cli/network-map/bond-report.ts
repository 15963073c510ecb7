// What a host's plugin `bond-status` tells, read with care: it comes from a server, perhaps of another version.

import { type ApiRecord, asRecord } from '../records/objects.ts';

export interface PartyReport {
  readonly systemId: string;
  readonly key: number;
  readonly portId: number;
  readonly flags: readonly string[];
}

export interface MemberReport {
  readonly device: string;
  readonly carrier: boolean;
  readonly speedMbps: number | undefined;
  readonly enabled: boolean;
  readonly active: boolean;
  readonly lacp: { readonly state: string; readonly attached: boolean; readonly partner: PartyReport } | undefined;
}

export interface BondReport {
  /** Uuid of the Bond; undefined for one that is not in the database. */
  readonly bond: string | undefined;
  /** Uuid of its PIF. */
  readonly pif: string;
  readonly device: string;
  readonly mode: string;
  readonly lacp: string;
  readonly fallback: boolean;
  readonly members: readonly MemberReport[];
  /** What is wrong and what to do, in sentences. */
  readonly advice: readonly string[];
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const records = (value: unknown): readonly ApiRecord[] =>
  list(value).flatMap((each): readonly ApiRecord[] => {
    const record = asRecord(each);
    return record === undefined ? [] : [record];
  });
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

const partyOf = (value: unknown): PartyReport => {
  const party = asRecord(value);
  return {
    systemId: textOf(party?.['system_id']),
    key: numberOf(party?.['key']),
    portId: numberOf(party?.['port_id']),
    flags: list(party?.['flags']).map(textOf),
  };
};

const memberOf = (member: ApiRecord): MemberReport => {
  const lacp = asRecord(member['lacp']);
  const speed = numberOf(member['speed_mbps']);
  return {
    device: textOf(member['device']),
    carrier: member['carrier'] === true,
    speedMbps: speed > 0 ? speed : undefined,
    enabled: member['enabled'] === true,
    active: member['active'] === true,
    lacp: lacp && { state: textOf(lacp['state']), attached: lacp['attached'] === true, partner: partyOf(lacp['partner']) },
  };
};

const bondOf = (bond: ApiRecord): BondReport => ({
  bond: textOf(bond['bond']) || undefined,
  pif: textOf(bond['pif']),
  device: textOf(bond['device']),
  mode: textOf(bond['mode']),
  lacp: textOf(bond['lacp']),
  fallback: bond['fallback'] === true,
  members: records(bond['members']).map(memberOf),
  advice: list(bond['advice']).map(textOf),
});

/** Nothing of a text that is no list of bonds. */
export const readReports = (text: string): readonly BondReport[] => {
  try {
    return records(JSON.parse(text)).map(bondOf);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};
