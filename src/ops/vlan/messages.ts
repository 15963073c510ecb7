// The private messages about many VLANs, read and answered. Their form is told in many.ts.

import { XenError } from '../../model/error.ts';
import type { PeerMessage } from '../migration/messages.ts';
import { integer, list, text, truth } from '../migration/shape.ts';
import { asRef } from '../refs.ts';
import { createVlans, destroyVlans, type ManyVlans } from './many.ts';

/** More than there are tags. */
const maxTags = 4_096;

type Request = Readonly<Record<string, unknown>>;

const isRequest = (value: unknown): value is Request => typeof value === 'object' && value !== null && !Array.isArray(value);

const requestOf = (value: unknown): Request => {
  if (!isRequest(value)) throw new XenError('INVALID_VALUE', ['request', 'an object expected']);
  return value;
};

const common = (request: Request): ManyVlans => {
  const tags = list(integer)(request['tags'], 'tags');
  if (tags.length === 0 || tags.length > maxTags) throw new XenError('INVALID_VALUE', ['tags', `1 to ${maxTags} expected`]);
  return { pif: asRef<'PIF'>(text(request['pif'], 'pif')), allHosts: truth(request['all_hosts'], 'all_hosts'), tags };
};

const create: PeerMessage['handler'] = (call, [value]) => {
  const request = requestOf(value);
  return createVlans(call, {
    ...common(request),
    networkName: text(request['network_name'], 'network_name'),
    networkDescription: text(request['network_description'] ?? '', 'network_description'),
    ifMissing: truth(request['if_missing'], 'if_missing'),
  });
};

const destroy: PeerMessage['handler'] = (call, [value]) => {
  const request = requestOf(value);
  return destroyVlans(call, { ...common(request), ifPresent: truth(request['if_present'], 'if_present') });
};

export const vlanPeerMessages: ReadonlyMap<string, PeerMessage> = new Map<string, PeerMessage>([
  ['xcp.vlan_create_many', { role: 'pool-operator', handler: create }],
  ['xcp.vlan_destroy_many', { role: 'pool-operator', handler: destroy }],
]);
