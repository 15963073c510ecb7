// Netmasks and gateways that work, and those that do not.

import { expect, test } from '@jest/globals';
import { isNeighbour, isNetmask } from '../../../src/ops/pif/ipv4-rules.ts';

test.each([
  ['255.255.255.0', true],
  ['255.255.255.255', true],
  ['255.255.255.254', true],
  ['255.255.128.0', true],
  ['128.0.0.0', true],
  ['0.0.0.0', false],
  ['255.0.255.0', false],
  ['255.255.255.1', false],
  ['24', false],
  ['', false],
])('%s as a netmask: %s', (text, is) => expect(isNetmask(text)).toBe(is));

test.each([
  ['10.2.2.1', true],
  ['10.2.2.255', true],
  ['10.2.3.1', false],
  ['10.2.2.2', false],
  ['192.0.2.1', false],
])('%s as a neighbour of 10.2.2.2/24: %s', (other, is) => expect(isNeighbour(other, '10.2.2.2', '255.255.255.0')).toBe(is));
