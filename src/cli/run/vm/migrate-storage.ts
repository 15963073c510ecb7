// A VM moves to another pool, or to other storage, with its disks. The destination is prepared by its own server; the maps of disks
// and networks are made here, from uuids or names; the work is done by the two servers.

import { parseAddress } from '../../../client/address.ts';
import { login, type Session } from '../../../client/session.ts';
import type { Ref } from '../../../lib/brand.ts';
import { callAsTask } from '../../async-call.ts';
import type { Args } from '../../args.ts';
import { transportTo } from '../../connection.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { hostByName, uuidOf } from '../../lookup.ts';
import { withMessages } from '../../messages.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { select, type Selected } from '../../selectors.ts';
import { diskMap, formatMap, networkMap, srMapLines } from './migrate-maps.ts';
import { migrationOptions } from './migrate.ts';
import { showCheck } from './migrate-check.ts';

export interface Move {
  readonly vm: Ref<'VM'>;
  readonly dest: Readonly<Record<string, string>>;
  readonly live: boolean;
  readonly vdi_map: Readonly<Record<Ref<'VDI'>, Ref<'SR'>>>;
  readonly vif_map: Readonly<Record<Ref<'VIF'>, Ref<'network'>>>;
  readonly options: Readonly<Record<string, string>>;
  readonly vgpu_map?: Readonly<Record<Ref<'VGPU'>, Ref<'GPU_group'>>>;
  readonly vdi_format_map?: Readonly<Record<Ref<'VDI'>, string>>;
}

export const migrateWithStorage = async (context: Context): Promise<number | void> => {
  const [item] = await select({ ...context, row: { ...context.row, one: true } });
  if (item === undefined) return;
  const session = await context.session();
  await using remote = await openRemote(context);
  const { move, note } = await plan(context, item, session, remote);
  if (context.args.bool('dry-run')) return await showCheck(context, move);
  for (const line of note) context.out.note(line);
  await withMessages(context, item, async () => {
    const moved = await callAsTask(context, 'VM.migrate_send', move, { title: `Moving ${String(item.record['name_label'])}` });
    if (move.options['copy'] === 'true') context.out.lines([await uuidOf(remote, 'VM', moved)]);
  });
};

const openRemote = async (context: Context): Promise<Session> => {
  const { args, io, connection } = context;
  const [name, userName] = ['remote-master', 'remote-username'].map(param => args.get(param));
  if (name === undefined || (userName === undefined && !name.startsWith('unix:'))) {
    throw new CommandError('Storage migration needs remote-master, remote-username and remote-password');
  }
  const address = parseAddress(name);
  if (address === undefined) throw new CommandError(`'${name}' is no server: give host, host:port, https://host or unix:/path`);
  const password = address.kind === 'unix' ? '' : await remotePassword(context);
  // Rules about the own server's certificate say nothing about the other one's, unless the own needs none.
  const fingerprint = args.get('remote-fingerprint') ?? connection.fingerprint;
  const trust = {
    insecure: connection.insecure,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(connection.caFile === undefined ? {} : { caFile: connection.caFile }),
  };
  const transport = io.connect?.({ ...connection, server: name }) ?? (await transportTo(address, trust, io));
  try {
    return await login(transport, { userName: userName ?? 'root', password });
  } catch (error) {
    // A line that is kept alive would keep the command alive, too.
    transport.close();
    throw error;
  }
};

const remotePassword = async ({ args, io }: Context): Promise<string> => {
  const given = args.get('remote-password');
  if (given !== undefined) return given;
  const path = args.get('remote-password-file');
  if (path !== undefined) {
    const { readFile } = await import('node:fs/promises');
    return ((await readFile(path, 'utf8')).split('\n')[0] ?? '').trimEnd();
  }
  const typed = await io.readSecret('Password of the destination: ');
  if (typed === undefined) throw new CommandError('Storage migration needs remote-master, remote-username and remote-password');
  return typed;
};

const plan = async (
  context: Context,
  item: Selected,
  session: Session,
  remote: Session,
): Promise<{ readonly move: Move; readonly note: readonly string[] }> => {
  const { args } = context;
  const vm = item.ref as Ref<'VM'>;
  const host = await remoteHost(args, remote);
  const network = await transferNetwork(args, remote, host);
  const options = migrationOptions(context);
  const hostName = await remote.call('host.get_name_label', { self: host });
  const vdi_map = await diskMap(args, session, remote, vm, host);
  const vif_map = await networkMap(args, session, remote, vm);
  const vdi_format_map = await formatMap(args, session, vm);
  const dest = await remote.call('host.migrate_receive', { host, network, options });
  const note = [
    `Performing a storage live migration. Your VM's VDIs will be migrated with the VM.`,
    `Will migrate to remote host: ${hostName}, using remote network: ${await remote.call('network.get_name_label', { self: network })}. Here is the VDI mapping:`,
    ...(await srMapLines(session, remote, vdi_map)),
  ];
  // Servers that are too old to know of forms are not told of any.
  const forms = Object.keys(vdi_format_map).length === 0 ? {} : { vgpu_map: {}, vdi_format_map };
  return { move: { vm, dest, live: true, vdi_map, vif_map, options, ...forms }, note };
};

const remoteHost = async (args: Args, remote: Session): Promise<Ref<'host'>> => {
  const name = args.get('host') ?? args.get('host-uuid') ?? args.get('host-name');
  if (name !== undefined) return await hostByName(remote, name);
  const [first] = await remote.call('host.get_all', {});
  if (first === undefined) throw new CommandError('The destination has no host');
  return first;
};

/** The network that the data goes over: the one named, else the management network of the destination. */
const transferNetwork = async (args: Args, remote: Session, host: Ref<'host'>): Promise<Ref<'network'>> => {
  const wanted = args.get('remote-network');
  const networks = await fetchRecords(remote, 'network');
  if (wanted !== undefined) {
    const found = networks.find(([, record]) => record['uuid'] === wanted || record['name_label'] === wanted);
    if (found === undefined) throw new CommandError(`The destination has no network ${wanted}`);
    return found[0] as Ref<'network'>;
  }
  const pifs = await remote.call('PIF.get_all_records', {});
  const management = Object.values(pifs).find(pif => pif.host === host && pif.management);
  const network = management?.network ?? networks[0]?.[0];
  if (network === undefined) throw new CommandError('The destination has no management network: give remote-network');
  return network as Ref<'network'>;
};
