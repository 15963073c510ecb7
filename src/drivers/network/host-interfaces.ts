// The host's own network interfaces, read from the kernel: which there are, what they can do, and which one carries the management.

import { access, readdir, readFile, readlink } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { basename } from 'node:path';
import type { PhysicalInterface } from '../network.ts';
import { pciDevices } from './host/pci.ts';
import { hostVirtualFunctions } from './host/virtual-functions.ts';

const sysfs = '/sys';
const classDir = `${sysfs}/class/net`;

/** Some attributes cannot be read while a link is down; then there is no value. */
const attribute = async (device: string, name: string): Promise<string> =>
  readFile(`${classDir}/${device}/${name}`, 'utf8').then(
    text => text.trim(),
    () => '',
  );

const addressOf = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .map(byte => Number.parseInt(byte, 16))
    .reverse()
    .join('.');

/** Device and gateway of the IPv4 default route with the best metric, out of the text of /proc/net/route. */
export const defaultRoute = (table: string): { readonly device: string; readonly gateway: string } | undefined => {
  const routes = table
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000')
    .sort((a, b) => Number(a[6]) - Number(b[6]));
  const [device, , gateway] = routes[0] ?? [];
  return device === undefined || gateway === undefined ? undefined : { device, gateway: addressOf(gateway) };
};

/** Name servers, out of the text of resolv.conf. */
export const nameServers = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

type AllAddresses = ReturnType<typeof networkInterfaces>;

const addressesOf = (all: AllAddresses, device: string, family: 'IPv4' | 'IPv6'): PhysicalInterface['ipv4'] =>
  (all[device] ?? [])
    .filter(address => address.family === family)
    .map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128)) }));

/** No bridge, bond, tap or tunnel; nor a virtual function, which is a guest's to have; nor Xen's end of a guest's interface, which has a device too. */
export const isPhysical = async (device: string, root = sysfs): Promise<boolean> => {
  const of = (name: string): string => `${root}/class/net/${device}/device${name}`;
  const has = (name: string): Promise<boolean> =>
    access(of(name)).then(
      () => true,
      () => false,
    );
  const bus = await readlink(of('/subsystem')).then(basename, () => undefined); // a device of no bus
  return bus !== 'xen-backend' && (await has('')) && !(await has('/physfn'));
};

export interface InterfaceOptions {
  /** Virtual devices that count as NICs, because hostd was told so. */
  readonly takes?: (device: string) => boolean;
  /** The device that has a NIC's addresses in its place: the bridge it is on. */
  readonly carriers?: ReadonlyMap<string, string>;
  /** Devices of the switch itself, which are never NICs, whatever addresses they have. */
  readonly ofSwitch?: ReadonlySet<string>;
}

/** Physical interfaces, and the one that carries the management whatever it is: in a container that is a virtual one. */
export const hostInterfaces = async ({
  takes = () => false,
  carriers = new Map(),
  ofSwitch = new Set(),
}: InterfaceOptions = {}): Promise<readonly PhysicalInterface[]> => {
  const carrying = new Map([...carriers].map(([nic, carrier]) => [carrier, nic]));
  const devices = (await readdir(classDir)).filter(device => device !== 'lo' && !carrying.has(device) && !ofSwitch.has(device)).sort();
  const route = defaultRoute(await readFile('/proc/net/route', 'utf8').catch(() => '')); // no IPv4: no route
  const physical: string[] = [];
  for (const device of devices) if (takes(device) || (await isPhysical(device))) physical.push(device);
  const carrierOf = (device: string): string => carriers.get(device) ?? device;
  // Of all devices at once: a host with thousands of VLANs has as many.
  const all = networkInterfaces();
  const addressed = devices.filter(device => addressesOf(all, carrierOf(device), 'IPv4').length > 0);
  const routed = route && (carrying.get(route.device) ?? route.device);
  const management = routed ?? physical.find(device => addressed.includes(device)) ?? addressed[0] ?? physical[0];
  const dns = nameServers(await readFile('/etc/resolv.conf', 'utf8').catch(() => '')); // none configured
  const shown = management === undefined || physical.includes(management) ? physical : [...physical, management];
  const hardware = await pciDevices(shown, sysfs);
  const functions = hostVirtualFunctions(sysfs);
  return Promise.all(
    shown.map(async (device): Promise<PhysicalInterface> => {
      const speedMbps = Number(await attribute(device, 'speed'));
      const isManagement = device === management;
      const [duplex, pci] = [await attribute(device, 'duplex'), hardware.get(device)];
      const canSriov = pci !== undefined && (await functions.status(device)) !== undefined;
      return {
        device,
        mac: await attribute(device, 'address'),
        mtu: Number(await attribute(device, 'mtu')),
        carrier: (await attribute(device, 'carrier')) === '1',
        ...(speedMbps > 0 && { speedMbps }),
        ...((duplex === 'full' || duplex === 'half') && { fullDuplex: duplex === 'full' }),
        ...(pci && { pci }),
        ...(canSriov && { canSriov }),
        ipv4: addressesOf(all, carrierOf(device), 'IPv4'),
        ipv6: addressesOf(all, carrierOf(device), 'IPv6'),
        ...(isManagement && route && routed === device && { gateway: route.gateway }),
        dns: isManagement ? dns : [],
        management: isManagement,
      };
    }),
  );
};
