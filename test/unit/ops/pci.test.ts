// The PCI devices that a VM names.

import { expect, test } from '@jest/globals';
import { pciOf } from '../../../src/ops/vm/pci.ts';

const named = (pci: string): readonly string[] => pciOf({ other_config: { pci } });

test('come in the order of their places', () => {
  expect(named('1/0000:03:00.1, 0/0000:03:00.0')).toEqual(['0000:03:00.0', '0000:03:00.1']);
  expect(named('0/0000:AF:00.0')).toEqual(['0000:af:00.0']);
  expect(named('')).toEqual([]);
  expect(pciOf({ other_config: {} })).toEqual([]);
});

test.each([
  '0000:03:00.0',
  '0/03:00.0',
  '0/0000:03:20.0',
  '0/0000:03:00.8',
  '0/0000:03:00.0,',
  '0/0000:03:00.0,seize=0',
  '0/0000:03:00.0,1/0000:03:00.0',
])('what is none is refused: %s', text => expect(() => named(text)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' })));
