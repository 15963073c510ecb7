// What lldpd says of the other ends of links: read with care, since a switch wrote it. The first answer is a real one of lldpd 1.0.16.

import { expect, test } from '@jest/globals';
import { readNeighbours } from '../../../src/drivers/network/host/lldp.ts';

const value = (text: string) => [{ value: text }];
const real = {
  lldp: [
    {
      interface: [
        {
          name: 'eth0',
          via: 'LLDP',
          rid: '1',
          age: '0 day, 00:00:02',
          chassis: [
            {
              id: [{ type: 'mac', value: 'ee:f9:43:eb:d1:19' }],
              name: value('vm'),
              descr: value('tor of the lab'),
              capability: [{ type: 'Bridge', enabled: false }],
            },
          ],
          port: [{ id: [{ type: 'mac', value: 'ee:f9:43:eb:d1:19' }], descr: value('p1'), ttl: value('120') }],
        },
      ],
    },
  ],
};

test('an answer of lldpd', () =>
  expect(readNeighbours(JSON.stringify(real))).toEqual([
    {
      device: 'eth0',
      protocol: 'LLDP',
      system: 'vm',
      systemId: 'ee:f9:43:eb:d1:19',
      description: 'tor of the lab',
      addresses: [],
      port: 'ee:f9:43:eb:d1:19',
      portDescription: 'p1',
      vlans: [],
    },
  ]));

test('tags and addresses, where the switch says them', () => {
  const link = {
    name: 'eth1',
    via: 'CDPv2',
    chassis: [{ id: value('x'), name: value('core-1'), 'mgmt-ip': [{ value: '192.0.2.1' }, { value: 'fd00::1' }] }],
    port: [{ id: value('ge-0/0/1') }],
    vlan: [{ 'vlan-id': '7', pvid: true }, { 'vlan-id': '12' }, { 'vlan-id': 'none' }],
  };
  expect(readNeighbours(JSON.stringify({ lldp: [{ interface: [link] }] }))).toMatchObject([
    { device: 'eth1', protocol: 'CDPv2', system: 'core-1', addresses: ['192.0.2.1', 'fd00::1'], port: 'ge-0/0/1', vlans: [7, 12] },
  ]);
});

test('texts of a switch are cut, and of letters that can be shown', () => {
  const link = { name: 'eth0', chassis: [{ name: value(`\u001b[31m${'x'.repeat(900)}`) }] };
  const [found] = readNeighbours(JSON.stringify({ lldp: [{ interface: [link] }] }));
  expect(found?.system).toMatch(/^\[31mx{196}$/);
});

test.each(['', 'no JSON', '[]', '{"lldp":{}}', '{"lldp":[{"interface":[7,{"name":"eth0"}]}]}', 'null'])('%j names nobody', text =>
  expect(readNeighbours(text)).toEqual([]),
);
