// The networks and PIFs of the host's own interfaces: made at the first start, brought up to date at each and by PIF.scan.

import { nullRef, type Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { PhysicalInterface } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';
import { timeText } from '../refs.ts';
import { pciRecords } from './pci.ts';

/** The bridge of a NIC's network. */
export const bridgeOf = (device: string): string => (/^eth\d+$/.test(device) ? device.replace('eth', 'xenbr') : `br${device}`);

const netmask = (prefixLength: number): string =>
  [0, 8, 16, 24].map(shift => (prefixLength >= shift + 8 ? 255 : 256 - 2 ** (8 - Math.max(0, prefixLength - shift)))).join('.');

const addressing = (port: PhysicalInterface): Partial<RecordOf<'PIF'>> => {
  const [ipv4] = port.ipv4;
  const { given } = port;
  const ipv6Mode = given?.ipv6 === 'static' ? 'Static' : 'Autoconf';
  return {
    ip_configuration_mode: ipv4 ? (given?.ipv4 === 'dhcp' ? 'DHCP' : 'Static') : 'None',
    ...(given && { ipv6_configuration_mode: port.ipv6.length > 0 ? ipv6Mode : 'None', ipv6_gateway: port.ipv6Gateway ?? '' }),
    IP: ipv4?.address ?? '',
    netmask: ipv4 ? netmask(ipv4.prefixLength) : '',
    gateway: port.gateway ?? '',
    DNS: port.dns.join(','),
    IPv6: port.ipv6.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
  };
};

const metricsOf = (port: PhysicalInterface): Partial<RecordOf<'PIF_metrics'>> => ({
  carrier: port.carrier,
  speed: port.speedMbps ?? 0,
  duplex: port.fullDuplex ?? port.carrier,
  vendor_id: port.pci?.vendorId ?? '',
  vendor_name: port.pci?.vendorName ?? '',
  device_id: port.pci?.deviceId ?? '',
  device_name: port.pci?.deviceName ?? '',
  pci_bus_path: port.pci?.busPath ?? '',
  last_updated: timeText(),
});

/** What can change while the host is down: the card, what it can do. */
const hardwareOf = (tx: Tx, host: Ref<'host'>, port: PhysicalInterface): Partial<RecordOf<'PIF'>> => {
  const PCI = port.pci && pciRecords(tx, host).get(port.pci.busPath);
  return { capabilities: capabilitiesOf(port), PCI: PCI ?? nullRef() };
};

const capabilitiesOf = ({ canSriov = false }: PhysicalInterface): readonly string[] => (canSriov ? ['sriov'] : []);

/** A network and a PIF for an interface that is new. */
export const insertInterface = (
  tx: Tx,
  host: Ref<'host'>,
  port: PhysicalInterface,
  { managed = true }: { readonly managed?: boolean } = {},
): Ref<'PIF'> => {
  const network = tx.insert('network', {
    name_label: `Pool-wide network associated with ${port.device}`,
    MTU: port.mtu,
    bridge: freeBridge(tx, bridgeOf(port.device)),
    managed: true,
  });
  const metrics = tx.insert('PIF_metrics', metricsOf(port));
  return tx.insert('PIF', {
    device: port.device,
    network,
    host,
    MAC: port.mac,
    MTU: port.mtu,
    VLAN: -1,
    metrics,
    physical: true,
    currently_attached: managed,
    management: port.management,
    disallow_unplug: port.management,
    managed,
    properties: { gro: 'on' },
    ...hardwareOf(tx, host, port),
    igmp_snooping_status: 'disabled',
    ...addressing(port),
  });
};

const freeBridge = (tx: Tx, wanted: string): string => {
  const taken = new Set([...tx.all('network')].map(([, network]) => network.bridge));
  if (!taken.has(wanted)) return wanted;
  for (let number = 0; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
};

/** Where the host's addresses are the database's to decide, what the machine has now does not count. */
const updatePif = (tx: Tx, ref: Ref<'PIF'>, port: PhysicalInterface, ownsNics: boolean): void => {
  tx.update('PIF', ref, {
    MAC: port.mac,
    ...hardwareOf(tx, tx.need('PIF', ref).host, port),
    ...(!ownsNics && { management: port.management, disallow_unplug: port.management, ...addressing(port) }),
  });
  const { metrics } = tx.need('PIF', ref);
  if (tx.get('PIF_metrics', metrics)) tx.update('PIF_metrics', metrics, metricsOf(port));
};

/** Interfaces that are new get a network and a PIF; those known are refreshed. One that is missing stays: it may come back. */
export const syncInterfaces = (
  tx: Tx,
  host: Ref<'host'>,
  ports: readonly PhysicalInterface[],
  { ownsNics }: { readonly ownsNics: boolean },
): void => {
  const known = new Map(
    [...tx.referrers('PIF', 'host', host)].flatMap(ref => {
      const pif = tx.need('PIF', ref);
      return pif.physical ? [[pif.device, ref] as const] : [];
    }),
  );
  for (const port of ports) {
    const ref = known.get(port.device);
    if (ref === undefined) insertInterface(tx, host, port);
    else updatePif(tx, ref, port, ownsNics);
  }
};

/** The network by which guests reach the host itself. */
export const insertInternalNetwork = (tx: Tx): void => {
  tx.insert('network', {
    name_label: 'Host internal management network',
    name_description: 'Network on which guests will be assigned a private link-local IP address which can be used to talk XenAPI',
    bridge: 'xenapi',
    other_config: {
      is_guest_installer_network: 'true',
      is_host_internal_management_network: 'true',
      ip_begin: '169.254.0.1',
      ip_end: '169.254.255.254',
      netmask: '255.255.0.0',
    },
  });
};
