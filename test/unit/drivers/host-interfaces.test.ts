// Which of the kernel's network devices are NICs of the host.

import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPhysical } from '../../../src/drivers/network/host-interfaces.ts';

const root = mkdtempSync(join(tmpdir(), 'xcp-sysfs-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A network device as sysfs shows it, on a device of that bus. */
const nic = (name: string, bus?: string, more: readonly string[] = []): string => {
  const device = join(root, 'class/net', name, ...(bus === undefined ? [] : ['device']));
  mkdirSync(device, { recursive: true });
  if (bus !== undefined) symlinkSync(`../../../../bus/${bus}`, join(device, 'subsystem'));
  for (const entry of more) mkdirSync(join(device, entry));
  return name;
};

test.each([
  { what: 'a card', name: nic('eth0', 'pci'), physical: true },
  { what: 'a paravirtual card of a host that is a guest itself', name: nic('eth1', 'virtio'), physical: true },
  { what: 'what Xen gives a host that is its guest', name: nic('eth2', 'xen'), physical: true },
  { what: 'Xen’s end of a guest’s interface', name: nic('tap8e714220b6d0', 'xen-backend'), physical: false },
  { what: 'a virtual function', name: nic('eth0v0', 'pci', ['physfn']), physical: false },
  { what: 'a bridge', name: nic('xenbr0'), physical: false },
])('$what', async ({ name, physical }) => {
  expect(await isPhysical(name, root)).toBe(physical);
});
