// Receive offload of NICs: switched off where the state says so, back on when it does not any more, and never in the way.

import { expect, test } from '@jest/globals';
import { silentLogger } from '../../../src/lib/logger.ts';
import type { HostedNetwork, Uplink } from '../../../src/drivers/network.ts';
import { Offload } from '../../../src/drivers/network/host/offload.ts';

const network = (uplink: Uplink, gro?: false): HostedNetwork => ({
  bridge: `br-${JSON.stringify(uplink).length}`,
  networkId: '1',
  mtu: 1500,
  uplink,
  ...(gro === false && { gro }),
});
const nic = (device: string, gro?: false): HostedNetwork => network({ kind: 'nic', pif: device, device }, gro);
const bond = (gro?: false): HostedNetwork =>
  network(
    {
      kind: 'bond',
      pif: 'b',
      device: 'bond0',
      mac: '02:00:00:00:00:01',
      members: [
        { pif: '2', device: 'eth2' },
        { pif: '3', device: 'eth3' },
      ],
      mode: 'lacp',
      hashing: 'src_mac',
      lacpTime: 'slow',
      lacpFallback: true,
    },
    gro,
  );

test('follows the state, once for each change', async () => {
  const told: string[] = [];
  const offload = new Offload(silentLogger, async (device, isOn) => void told.push(`${device} ${isOn}`));
  const apply = (...networks: readonly HostedNetwork[]) => offload.apply({ networks, ports: [] }, device => device !== 'eth9');
  await apply(nic('eth0'), bond());
  expect(told).toEqual([]);
  await apply(nic('eth0', false), bond(false), nic('eth9', false));
  await apply(nic('eth0', false), bond(false));
  expect(told.splice(0)).toEqual(['eth0 false', 'eth2 false', 'eth3 false']);
  await apply(nic('eth0', false), bond());
  expect(told.splice(0)).toEqual(['eth2 true', 'eth3 true']);
});

test('a NIC that cannot is asked once, and fails nobody', async () => {
  let asked = 0;
  const offload = new Offload(silentLogger, () => {
    asked += 1;
    return Promise.reject(new Error('Operation not supported'));
  });
  for (let round = 0; round < 3; round += 1) await offload.apply({ networks: [nic('eth0', false)], ports: [] }, () => true);
  expect(asked).toBe(1);
});
