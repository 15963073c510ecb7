// What a map of the network is made of: records of any XenAPI server, and what a host says of its bonds where it can.

import type { Session } from '../../client/session.ts';
import { valueText } from '../../client/values.ts';
import { isNullRef } from '../../lib/brand.ts';
import { isXenError } from '../../model/error.ts';
import { type ApiRecord, asRecord } from '../records/objects.ts';
import { type BondReport, readReports } from './bond-report.ts';
import { readNeighbours } from './neighbours.ts';

const classes = ['host', 'PIF', 'PIF_metrics', 'Bond', 'VLAN', 'tunnel', 'network', 'VIF', 'VM', 'VM_guest_metrics'] as const;

export type MapClass = (typeof classes)[number];

export type Table = ReadonlyMap<string, ApiRecord>;

export type NetworkRecords = { readonly [C in MapClass]: Table } & {
  /** By uuid of the bond's PIF; empty where the hosts do not tell. */
  readonly reports: ReadonlyMap<string, BondReport>;
  /** What is at the other end of a link, in words, by uuid of the PIF; empty where nobody listens. */
  readonly neighbours: ReadonlyMap<string, string>;
};

// Values as they came: over XML-RPC numbers are texts.

export const text = (record: ApiRecord | undefined, key: string): string => valueText(record?.[key]);
export const int = (record: ApiRecord | undefined, key: string): number => Number(valueText(record?.[key])) || 0;
export const flag = (record: ApiRecord | undefined, key: string): boolean => record?.[key] === true;
export const list = (record: ApiRecord | undefined, key: string): readonly string[] => {
  const value = record?.[key];
  return Array.isArray(value) ? value.map(String).filter(each => each !== '' && !isNullRef(each)) : [];
};
/** The object that a field names. */
export const follow = (table: Table, record: ApiRecord | undefined, key: string): ApiRecord | undefined => table.get(text(record, key));

/** Nothing of a class that the server does not know. */
const allRecords = async (session: Session, cls: MapClass): Promise<ApiRecord> => {
  try {
    return asRecord(await session.raw(`${cls}.get_all_records`)) ?? {};
  } catch (error) {
    if (isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) return {};
    throw error;
  }
};

const tableOf = async (session: Session, cls: MapClass): Promise<Table> => {
  const records = await allRecords(session, cls);
  return new Map(
    Object.entries(records).flatMap(([ref, value]): readonly (readonly [string, ApiRecord])[] => {
      const record = asRecord(value);
      return record === undefined ? [] : [[ref, record]];
    }),
  );
};

/** What a plugin of the host says; nothing where there is no such plugin, or the user may not call it. */
const told = async (session: Session, host: string, plugin: string): Promise<string> => {
  try {
    return valueText(await session.raw('host.call_plugin', [host, plugin, 'show', {}]));
  } catch (error) {
    // Another XenAPI server, an older one, a host that is down: the map is drawn from records alone.
    if (isXenError(error)) return '';
    throw error;
  }
};

export const fetchReports = async (session: Session, hosts: readonly string[]): Promise<ReadonlyMap<string, BondReport>> => {
  const reports = await Promise.all(hosts.map(async host => readReports(await told(session, host, 'bond-status'))));
  return new Map(reports.flat().map(report => [report.pif, report]));
};

const fetchNeighbours = async (session: Session, hosts: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = await Promise.all(hosts.map(async host => readNeighbours(await told(session, host, 'lldp'))));
  return new Map(found.flat().map(({ pif, words }) => [pif, words]));
};

export const fetchNetworkRecords = async (session: Session): Promise<NetworkRecords> => {
  const [host, PIF, PIF_metrics, Bond, VLAN, tunnel, network, VIF, VM, VM_guest_metrics] = await Promise.all([
    tableOf(session, 'host'),
    tableOf(session, 'PIF'),
    tableOf(session, 'PIF_metrics'),
    tableOf(session, 'Bond'),
    tableOf(session, 'VLAN'),
    tableOf(session, 'tunnel'),
    tableOf(session, 'network'),
    tableOf(session, 'VIF'),
    tableOf(session, 'VM'),
    tableOf(session, 'VM_guest_metrics'),
  ]);
  const bonded = new Set([...Bond.values()].map(bond => text(follow(PIF, bond, 'master'), 'host')));
  const hosts = [...host.keys()];
  const [reports, neighbours] = await Promise.all([
    fetchReports(
      session,
      hosts.filter(ref => bonded.has(ref)),
    ),
    fetchNeighbours(session, hosts),
  ]);
  return { host, PIF, PIF_metrics, Bond, VLAN, tunnel, network, VIF, VM, VM_guest_metrics, reports, neighbours };
};
