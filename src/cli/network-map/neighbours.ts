// What a host's plugin `lldp` tells of the switches at the other ends of its links, read with care: it comes from a server, perhaps of
// another version, and it from a switch.

import { asRecord } from '../records/objects.ts';
import { plain } from './node.ts';

export interface Neighbour {
  /** Uuid of the PIF on this end. */
  readonly pif: string;
  /** For people: the switch, its port. */
  readonly words: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? plain(value) : '');

const neighbourOf = (value: unknown): readonly Neighbour[] => {
  const record = asRecord(value);
  const [pif, system, systemId] = ['pif', 'system', 'system_id'].map(key => textOf(record?.[key]));
  const name = system || systemId;
  if (!pif || !name) return [];
  // A port that is known by an address says more by its description.
  const [port, description] = ['port', 'port_description'].map(key => textOf(record?.[key]));
  const known = port && !/^([0-9a-f]{2}:){5}/i.test(port) ? port : description || port;
  return [{ pif, words: `to ${name}${known ? ` port ${known}` : ''}` }];
};

/** Nothing of a text that says nothing. */
export const readNeighbours = (text: string): readonly Neighbour[] => {
  try {
    const list: unknown = asRecord(JSON.parse(text))?.['neighbours'];
    return Array.isArray(list) ? list.flatMap(neighbourOf) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};
