// The kernel's links, addresses and routes as one value: what `ip -json` prints, and the switches of /proc/sys that decide what a link
// does by itself. Read anew before each change; nothing here is remembered.

import { readFile } from 'node:fs/promises';
import { DriverError } from '../../hypervisor.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { showIpBatch } from './ip-batch.ts';

export type Family = 4 | 6;

export interface LinkAddress {
  readonly family: Family;
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
  /** Given for a time: by a router's advertisement, or by a DHCP client that says so. */
  readonly dynamic: boolean;
  /** Not usable yet: the kernel asks whether somebody else has it. */
  readonly tentative: boolean;
  readonly validSeconds?: number;
  readonly preferredSeconds?: number;
}

export interface Link {
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly addresses: readonly LinkAddress[];
}

export interface Route {
  readonly family: Family;
  /** `default`, or a prefix. */
  readonly destination: string;
  readonly gateway?: string;
  readonly device: string;
  readonly metric?: number;
  /** `kernel`, `ra`, `boot`, or a number. */
  readonly protocol: string;
}

export interface KernelView {
  readonly links: ReadonlyMap<string, Link>;
  /** Of the main table, unicast. */
  readonly routes: readonly Route[];
  /** By path below /proc/sys/net, such as `ipv6/conf/eth0/accept_ra`; a switch that the kernel does not have is not here. */
  readonly switches: ReadonlyMap<string, string>;
}

const FOREVER = 4_294_967_295;

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const objectsOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

const parseAddress = (row: JsonObject): readonly LinkAddress[] => {
  const family = row['family'];
  const address = textOf(row['local']);
  if ((family !== 'inet' && family !== 'inet6') || address === '') return [];
  const validSeconds = numberOf(row['valid_life_time']);
  const preferredSeconds = numberOf(row['preferred_life_time']);
  return [
    {
      family: family === 'inet' ? 4 : 6,
      address,
      prefixLength: numberOf(row['prefixlen']),
      scope: textOf(row['scope']),
      dynamic: row['dynamic'] === true || validSeconds < FOREVER,
      tentative: row['tentative'] === true,
      ...(validSeconds < FOREVER && { validSeconds }),
      ...(preferredSeconds < FOREVER && { preferredSeconds }),
    },
  ];
};

const parseLink = (row: JsonObject): Link => ({
  device: textOf(row['ifname']),
  mac: textOf(row['address']),
  mtu: numberOf(row['mtu']),
  isUp: Array.isArray(row['flags']) && row['flags'].includes('UP'),
  addresses: objectsOf(row['addr_info']).flatMap(parseAddress),
});

const parseRoute = (row: JsonObject): readonly Route[] => {
  const [table, type] = [row['table'], row['type']];
  if ((table !== undefined && table !== 'main') || (type !== undefined && type !== 'unicast')) return [];
  const [destination, device, gateway] = [textOf(row['dst']), textOf(row['dev']), textOf(row['gateway'])];
  if (destination === '' || device === '') return [];
  const metric = row['metric'];
  const protocol = row['protocol'];
  return [
    {
      // Only IPv6 routes carry a preference: the default route's own words do not tell the family.
      family: destination.includes(':') || gateway.includes(':') || row['pref'] !== undefined ? 6 : 4,
      destination,
      device,
      ...(gateway !== '' && { gateway }),
      ...(typeof metric === 'number' && metric !== 0 && { metric }),
      protocol: typeof protocol === 'number' ? String(protocol) : textOf(protocol) || 'boot',
    },
  ];
};

const rowsOf = (line = '[]'): readonly JsonObject[] => objectsOf(JSON.parse(line) as Json);

/** From what `ip -json` prints for `address show` and `route show table all`. */
export const parseKernelView = (
  links: string | undefined,
  routes: string | undefined,
  switches: ReadonlyMap<string, string> = new Map(),
): KernelView => kernelView(rowsOf(links), rowsOf(routes), switches);

const kernelView = (links: readonly JsonObject[], routes: readonly JsonObject[], switches: ReadonlyMap<string, string>): KernelView => ({
  links: new Map(links.map(row => [textOf(row['ifname']), parseLink(row)])),
  routes: routes.flatMap(parseRoute),
  switches,
});

export const switchPath = (path: string): string => `/proc/sys/net/${path}`;

const readSwitches = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const path of paths) {
    const value = await readFile(switchPath(path), 'utf8').catch(() => undefined); // no such link, or no IPv6 in this kernel
    if (value !== undefined) found.set(path, value.trim());
  }
  return found;
};

/** Which switches of a link are looked at. */
export const switchesOf = (device: string): readonly string[] => [
  `ipv4/conf/${device}/promote_secondaries`,
  `ipv4/conf/${device}/arp_ignore`,
  `ipv4/conf/${device}/arp_notify`,
  `ipv4/conf/${device}/rp_filter`,
  ...['disable_ipv6', 'ndisc_notify', 'accept_ra', 'autoconf', 'accept_ra_defrtr'].map(name => `ipv6/conf/${device}/${name}`),
];

/** More than these are asked for all at once. A host with hundreds of VLANs has a link and several routes for each of them. */
const MAX_ASKED_EACH = 16;

/** A link that is not there has no addresses and no routes. */
const isMissing = (reason: string): boolean => /does not exist|cannot find device/i.test(reason);

const showEach = async (devices: readonly string[], switches: ReadonlyMap<string, string>): Promise<KernelView> => {
  const questions = devices.flatMap(device => [`address show dev ${device}`, `route show table all dev ${device}`]);
  const { printed, failures } = await showIpBatch(questions);
  for (const [index, reason] of failures) if (!isMissing(reason)) throw new DriverError('failed', `ip ${questions[index]}: ${reason}`);
  const answers = devices.map((device, i) => ({ device, links: rowsOf(printed.get(2 * i)), routes: rowsOf(printed.get(2 * i + 1)) }));
  return kernelView(
    answers.flatMap(({ links }) => links),
    // Asked of one device, it leaves out which.
    answers.flatMap(({ device, routes }) => routes.map(route => ({ ...route, dev: device }))),
    switches,
  );
};

const showAll = async (switches: ReadonlyMap<string, string>): Promise<KernelView> => {
  const { printed } = await showIpBatch(['address show', 'route show table all']);
  return parseKernelView(printed.get(0), printed.get(1), switches);
};

/** As the kernel has it now: `devices`, their addresses and routes, perhaps others too; on wish with their switches. */
export const readKernelView = async (
  devices: readonly string[],
  { withSwitches = false }: { readonly withSwitches?: boolean } = {},
): Promise<KernelView> => {
  const asked = [...new Set(devices)];
  const switches = await readSwitches(withSwitches ? asked.flatMap(switchesOf) : []);
  try {
    if (asked.length === 0) return kernelView([], [], switches);
    return await (asked.length > MAX_ASKED_EACH ? showAll(switches) : showEach(asked, switches));
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError('failed', `what the program ip says cannot be understood: ${String(error)}`, { cause: error });
  }
};
