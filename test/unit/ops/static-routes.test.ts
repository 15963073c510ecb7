// Further ways of the host through a network, out of the field that admins write.

import { expect, test } from '@jest/globals';
import { staticRoutes } from '../../../src/ops/network/static-routes.ts';

test.each([
  [undefined, []],
  ['', []],
  ['172.16.0.0/15/192.168.0.3', [{ destination: '172.16.0.0/15', gateway: '192.168.0.3' }]],
  [
    '172.16.0.0/15/192.168.0.3, fd07::/64/fd00::3',
    [
      { destination: '172.16.0.0/15', gateway: '192.168.0.3' },
      { destination: 'fd07::/64', gateway: 'fd00::3' },
    ],
  ],
  ['FD07:0::/64/fd00:0:0::3', [{ destination: 'fd07::/64', gateway: 'fd00::3' }]],
  // One that is wrong takes no other with it.
  ['172.16.0.0/33/192.168.0.3,10.0.0.0/8/192.168.0.3', [{ destination: '10.0.0.0/8', gateway: '192.168.0.3' }]],
  ['0.0.0.0/0/192.168.0.3', []],
  ['10.0.0.0/8/fd00::1', []],
  ['10.0.0.0/192.168.0.3', []],
  ['10.0.0.0/8/192.168.0.3/7', []],
  ['anything; reboot', []],
])('%j', (text, routes) => expect(staticRoutes(text)).toEqual(routes));
