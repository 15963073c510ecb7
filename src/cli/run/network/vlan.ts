// VLANs and tunnels. Both print the PIF that they made, not themselves. With `network` in place of `network-uuid` the network is made too, and
// `vlan` may name many.

import { isXenError } from '../../../model/error.ts';
import type { Context, Handler } from '../../context.ts';
import { parseChoice } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, uuidOf } from '../../lookup.ts';
import { createMany, destroyMany } from './many-vlans.ts';
import { isSeveral, parseTags } from './tags.ts';

const needsNames = (): CommandError =>
  new CommandError('Several VLANs need a network each: give network=NAME-%d, where %d stands for the tag, in place of network-uuid');

/** With networks of their own: `network=NAME`, or `network=NAME-%d` for several. */
const createWithNetworks = async ({ args, out, io, session: open }: Context, networkName: string, allHosts: boolean): Promise<void> => {
  const tags = parseTags(args.text('vlan'));
  if (args.has('network-uuid')) throw new CommandError('Give either network or network-uuid');
  if (tags.length > 1 && !networkName.includes('%d')) throw needsNames();
  const session = await open();
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const request = { pif, allHosts, tags, networkName, ifMissing: args.bool('if-missing') };
  out.lines(await createMany(session, request, text => io.stderr.write(`${text}\n`)));
};

export const create: Handler = async context => {
  const { args, out, session: open } = context;
  const networkName = args.get('network');
  if (networkName !== undefined) return await createWithNetworks(context, networkName, false);
  if (isSeveral(args.text('vlan'))) throw needsNames();
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const vlan = await session.call('VLAN.create', { tagged_PIF: pif, tag: args.int('vlan'), network });
  out.lines([await uuidOf(session, 'PIF', await session.call('VLAN.get_untagged_PIF', { self: vlan }))]);
};

export const createOnAllHosts: Handler = async context => {
  const { args, out, session: open } = context;
  const networkName = args.get('network');
  if (networkName !== undefined) return await createWithNetworks(context, networkName, true);
  if (isSeveral(args.text('vlan'))) throw needsNames();
  const session = await open();
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const pifs = await session.call('pool.create_VLAN_from_PIF', { pif, network, VLAN: args.int('vlan') });
  out.lines(await Promise.all(pifs.map(ref => uuidOf(session, 'PIF', ref))));
};

const destroySeveral = async ({ args, io, session: open }: Context): Promise<void> => {
  const tags = parseTags(args.text('vlan'));
  const session = await open();
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const request = { pif, allHosts: args.bool('all-hosts'), tags, ifPresent: args.bool('if-present') };
  await destroyMany(session, request, text => io.stderr.write(`${text}\n`));
};

/** Takes the uuid of the VLAN or of its PIF; or, in its place, tags on a PIF. */
export const destroy: Handler = async context => {
  const { args, session: open } = context;
  if (!args.has('uuid')) return await destroySeveral(context);
  const session = await open();
  const uuid = args.text('uuid');
  try {
    await session.call('VLAN.destroy', { self: await byUuid(session, 'VLAN', uuid) });
  } catch (error) {
    if (!isXenError(error, 'UUID_INVALID')) throw error;
    const [pif] = await session.call('PIF.get_all_where', { expr: `field "uuid"="${uuid.replaceAll('"', '')}"` });
    if (pif === undefined) throw error;
    await session.call('PIF.destroy', { self: pif });
  }
};

export const createTunnel: Handler = async ({ args, out, session: open }) => {
  const protocol = parseChoice(args.get('protocol') ?? 'gre', ['gre', 'vxlan']) === 'vxlan' ? 'vxlan' : 'gre';
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const pif = await byUuid(session, 'PIF', args.text('pif-uuid'));
  const tunnel = await session.call('tunnel.create', { transport_PIF: pif, network, protocol });
  out.lines([await uuidOf(session, 'PIF', await session.call('tunnel.get_access_PIF', { self: tunnel }))]);
};
