// Lines to type: networks, interfaces, VLANs, bonds, tunnels.

import type { Examples } from './form.ts';

export const network: Examples = {
  'network-create': [
    ['name-label=private', 'Between the VMs of one host'],
    ['name-label=storage MTU=9000 name-description="Jumbo frames"', 'For a bond or a VLAN that is to come'],
  ],
  'network-destroy': [['uuid=private', 'No VM may have an interface on it']],
  'network-list': [['-o table --select name-label,bridge,MTU', 'All at a glance']],
  'network-param-set': [
    ['uuid=storage MTU=9000', 'Longer packets, for what is plugged from now on'],
    ['uuid=dmz default-locking-mode=disabled', 'Nobody on it who is not locked to addresses'],
  ],
  'network-attach': [['uuid=private host-uuid=host1', 'The bridge before the first VM needs it']],
  'network-sriov-create': [['pif-uuid=$eth2 network-uuid=fast', 'VMs on it get a part of the card itself']],
  'vlan-create': [
    ['pif-uuid=$eth0 vlan=42 network-uuid=dmz', 'A VLAN for a network that is there'],
    ['pif-uuid=$bond0 vlan=43 network-uuid=guests', 'On a bond'],
    ['pif-uuid=$eth0 vlan=100-199 network=lab-%d --if-missing', 'A hundred, each with its network lab-100, lab-101 and so on'],
  ],
  'pool-vlan-create': [
    ['pif-uuid=$eth0 vlan=42 network-uuid=dmz', 'On the same device of every host'],
    ['pif-uuid=$eth0 vlan=100-199 network=lab-%d --if-missing', 'A hundred on every host, with their networks'],
  ],
  'vlan-destroy': [
    ['uuid=$vlan', 'One'],
    ['pif-uuid=$eth0 vlan=100-199 --if-present --all-hosts', 'A hundred, on all hosts, with the networks that were made for them'],
  ],
  'bond-create': [
    ['network-uuid=trunk pif-uuids=$eth2,$eth3 mode=active-backup', 'One works, the other waits; nothing to do at the switch'],
    ['network-uuid=trunk pif-uuids=$eth2,$eth3 mode=lacp properties:lacp-time=fast', 'With a switch that has both ports in one LACP group'],
  ],
  'bond-destroy': [['uuid=$bond', 'VLANs, addresses and guests go to its first member']],
  'bond-set-mode': [['uuid=$bond mode=lacp', 'The switch has to know the group']],
  'pif-list': [
    ['host-name-label=host1 physical=true', 'The cards of a host'],
    ['management=true -o table --select host-name-label,device,IP', 'Where each host is managed'],
  ],
  'pif-plug': [['uuid=$eth1', 'Up']],
  'pif-unplug': [['uuid=$eth1', 'Down; never the one of the management']],
  'pif-reconfigure-ip': [
    ['uuid=$eth1 mode=static IP=192.0.2.10 netmask=255.255.255.0 gateway=192.0.2.1 DNS=192.0.2.53', 'An address of its own'],
    ['uuid=$eth1 mode=dhcp', 'One that is assigned'],
    ['uuid=$eth0 mode=dhcp --confirm-timeout 120', "The management's: taken back after two minutes if nobody gets through"],
  ],
  'pif-reconfigure-ipv6': [
    ['uuid=$eth1 mode=autoconf', 'As the router says'],
    ['uuid=$eth1 mode=static IPv6=2001:db8::10/64 gateway=2001:db8::1', 'An address of its own'],
  ],
  'pif-set-primary-address-type': [['uuid=$eth0 primary_address_type=IPv6', 'The host goes by its IPv6 address']],
  'pif-scan': [['host-uuid=host1', 'Cards that came meanwhile get records']],
  'pif-introduce': [['host-uuid=host1 device=eth4', 'One card alone']],
  'pif-forget': [['uuid=$eth1', 'For a card that was taken out']],
  'tunnel-create': [['pif-uuid=$eth1 network-uuid=overlay protocol=vxlan', 'Once for each host: the network spans them']],
  'tunnel-destroy': [['uuid=$tunnel', 'The network stays']],
  'vif-create': [
    ['vm-uuid=web01 network-uuid=lan device=autodetect', 'An interface; vif-plug gives it to a running VM'],
    ['vm-uuid=web01 network-uuid=dmz device=1 mac=02:00:00:00:00:01', 'With a MAC address of your own'],
  ],
  'vif-plug': [['uuid=$vif', 'The running guest gets it']],
  'vif-unplug': [['uuid=$vif', 'The guest has to let go of it']],
  'vif-destroy': [['uuid=$vif', 'After vif-unplug']],
  'vif-move': [['uuid=$vif network-uuid=dmz', 'As if the cable went into another switch']],
  'vif-configure-ipv4': [['uuid=$vif mode=static address=192.0.2.10/24 gateway=192.0.2.1', 'The agent in the guest sets it']],
  'vif-configure-ipv6': [['uuid=$vif mode=static address=2001:db8::10/64', 'The agent in the guest sets it']],
  'vif-list': [['vm-name-label=web01', 'The interfaces of a VM']],
  'vif-param-set': [['uuid=$vif ipv4-allowed=192.0.2.10 locking-mode=locked', 'The guest can be nobody else, whatever it tries']],
  'sdn-controller-introduce': [['address=192.0.2.9 protocol=ssl tcp-port=6640', 'The hosts connect to it']],
};
