// Parameters of the commands about networks, interfaces, VLANs, bonds and tunnels.

import type { Topic } from './form.ts';

export const network: Topic = {
  params: {
    MTU: 'The longest packet in bytes; the default is 1500, jumbo frames have 9000.',
    bridge: 'The name of the bridge on the hosts; without it one is made up.',
    network: 'In place of network-uuid: makes the network too. The name; for several VLANs with %d where the tag shall stand.',
    'if-missing': 'Makes only what is not there yet, and prints what is; so the command may be repeated.',
    'if-present': 'No error where there is no such VLAN; so the command may be repeated.',
    'all-hosts': 'Removes the tags from the interface of this device of every host; the default is the one of pif-uuid.',
    'pif-uuids': 'The interfaces of one host to bond, 2 to 4, their uuids with commas between; the first gives the MAC address.',
    properties:
      'Settings of lacp, as properties:KEY=VALUE: lacp-time=slow|fast, hashing_algorithm=tcpudp_ports|src_mac, lacp-fallback-ab=true|false.',
    IP: 'The IPv4 address, for mode=static.',
    netmask: 'The netmask of the address, such as 255.255.255.0, for mode=static.',
    IPv6: 'The IPv6 address with the length of its prefix, such as 2001:db8::10/64, for mode=static.',
    DNS: 'The addresses of name servers, with commas between.',
    primary_address_type: 'IPv4 or IPv6: which of its addresses the host goes by.',
    interface: 'The device, such as eth0 or xenbr0, that shall carry the management.',
    'tcp-port': 'The port of the controller, 0 for the usual one; the default is 0.',
    'vif-uuid': 'The interface of the VM.',
  },
  commands: {
    'network-create': {
      'name-label': 'The name of the network.',
      managed: 'False: the bridge is made by somebody else and only used. The default is true.',
    },
    'network-attach': { 'host-uuid': 'The host that shall have the bridge.' },
    'network-sriov-create': {
      'pif-uuid': 'The interface whose virtual functions are used; it has to be able to.',
      'network-uuid': 'The network that they are for.',
    },
    'vlan-create pool-vlan-create': {
      vlan: 'The tag, 0 to 4094; with network= also several: 100-599, or 7,9,100-120.',
      'network-uuid': 'The network that the VLAN is for; network= makes one.',
    },
    'vlan-create': { 'pif-uuid': 'The interface of the host, physical or a bond, that carries the VLAN.' },
    'pool-vlan-create': { 'pif-uuid': 'The interface on one host; that of the same device carries the VLAN on the others.' },
    'vlan-destroy': {
      uuid: 'The VLAN, by its uuid or that of its PIF; pif-uuid= and vlan= name many at once.',
      'pif-uuid': 'In place of uuid: the interface whose VLANs go, together with vlan=.',
      vlan: 'Tags of VLANs on pif-uuid to remove: 42, 100-599, or 7,9,100-120. Networks that were made with them go too.',
    },
    'bond-create': {
      'network-uuid': 'The network of the bond; guests and addresses of the members move to it.',
      mac: 'The MAC address of the bond; without it, that of the first member.',
      mode: 'balance-slb (the default): spreads guests, no help from the switch; lacp: needs a group there; active-backup: one works, others wait.',
    },
    'bond-set-mode': {
      mode: 'balance-slb: spreads guests, no help from the switch; lacp: needs a group there; active-backup: one works, others wait.',
    },
    'pif-reconfigure-ip': {
      mode: 'static: the address given; dhcp: one that is assigned; none: no address.',
      gateway: 'The router for other networks, for mode=static.',
    },
    'pif-reconfigure-ipv6': {
      mode: 'static: the address given; dhcp: one that is assigned; autoconf: as the router says; none: no address.',
      gateway: 'The router for other networks, for mode=static.',
    },
    'pif-scan': { 'host-uuid': 'The host to look at.' },
    'pif-introduce': {
      'host-uuid': 'The host that has the interface.',
      device: 'The name of the interface on the host, such as eth1.',
      mac: 'Its MAC address; without it the one that the host finds.',
      managed: 'False: the host leaves its settings alone. The default is true.',
    },
    'tunnel-create': {
      'pif-uuid': 'The interface that the tunnel goes over; it needs an address.',
      'network-uuid': 'The network that spans the hosts; each of them gets its own tunnel for it.',
      protocol: 'gre (the default) or vxlan.',
    },
    'vif-create': {
      'vm-uuid': 'The VM that gets the interface.',
      'network-uuid': 'The network that it joins.',
      device: 'Its place, a number from 0 on, or autodetect for the next that is free.',
      mac: 'Its MAC address, or random; without it one is made from the VM and the place.',
    },
    'vif-move': { 'network-uuid': 'The network to move to; a running guest sees its cable pulled for a moment.' },
    'vif-unplug': { force: 'Takes it even if the guest does not let go.' },
    'vif-configure-ipv4': {
      mode: 'static: the address given; none: the guest keeps its own settings; dhcp: where the server can.',
      address: 'The address with the length of its prefix, such as 192.0.2.10/24; has to be there for mode=static.',
      gateway: 'The router for other networks.',
    },
    'vif-configure-ipv6': {
      mode: 'static: the address given; autoconf: as the router says, where the server can; none: the guest keeps its own.',
      address: 'The address with the length of its prefix, such as 2001:db8::10/64; has to be there for mode=static.',
      gateway: 'The router for other networks.',
    },
    'sdn-controller-introduce': {
      address: 'The address of the controller, for protocol=ssl.',
      protocol: 'ssl (the default): the hosts connect to the controller; pssl: they wait for it.',
    },
    'pool-set-vswitch-controller': { address: 'The address of the controller; empty for none.' },
    'host-management-reconfigure': {
      'pif-uuid': 'The interface, with an address, that shall carry the management; the change is on trial first.',
    },
    'pool-management-reconfigure': {
      'network-uuid': 'The network that shall carry the management of every host; each needs an address there.',
    },
  },
};
