// Many VLANs with their networks. The servers of this project make and remove them all at once, or none; other servers are asked for one after
// the other (one-by-one.ts).

import type { Session } from '../../../client/session.ts';
import { isXenError } from '../../../model/error.ts';
import { createOneByOne, destroyOneByOne, type ManyVlans, type NewVlans } from './one-by-one.ts';

/** What the servers of this project know, beside the XenAPI. */
const [CREATE_MANY, DESTROY_MANY] = ['xcp.vlan_create_many', 'xcp.vlan_destroy_many'] as const;

const rowsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(row => Object(row)) : [];

/** Undefined where the server does not know the method. */
const ask = async (
  session: Session,
  method: string,
  request: Readonly<Record<string, unknown>>,
): Promise<{ readonly answer: unknown } | undefined> => {
  try {
    return { answer: await session.raw(method, [request]) };
  } catch (error) {
    if (isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) return undefined;
    throw error;
  }
};

/** Uuids of the VLANs' PIFs, by tag in the order given. `warn` is told what could not be taken back. */
export const createMany = async (session: Session, request: NewVlans, warn: (text: string) => void): Promise<readonly string[]> => {
  const { pif, allHosts: all_hosts, tags, networkName: network_name, ifMissing: if_missing } = request;
  const asked = await ask(session, CREATE_MANY, { pif, all_hosts, tags, network_name, if_missing });
  if (asked === undefined) return await createOneByOne(session, request, warn);
  return rowsOf(asked.answer).flatMap(({ pifs }) => (Array.isArray(pifs) ? pifs.map(String) : []));
};

export const destroyMany = async (
  session: Session,
  request: ManyVlans & { readonly ifPresent: boolean },
  warn: (text: string) => void,
): Promise<void> => {
  const { pif, allHosts: all_hosts, tags, ifPresent: if_present } = request;
  if ((await ask(session, DESTROY_MANY, { pif, all_hosts, tags, if_present })) === undefined) await destroyOneByOne(session, request, warn);
};
