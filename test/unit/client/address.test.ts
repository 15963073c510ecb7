// Addresses as users write them.

import { expect, test } from '@jest/globals';
import { addressText, parseAddress } from '../../../src/client/address.ts';

test.each([
  ['host', { kind: 'tls', host: 'host', port: 443 }],
  ['host:8443', { kind: 'tls', host: 'host', port: 8443 }],
  ['https://host', { kind: 'tls', host: 'host', port: 443 }],
  ['http://host:81/', { kind: 'tcp', host: 'host', port: 81 }],
  ['unix:/run/x', { kind: 'unix', path: '/run/x' }],
  ['unix:///run/x', { kind: 'unix', path: '/run/x' }],
  ['[::1]:9', { kind: 'tls', host: '::1', port: 9 }],
  ['fe80::1', { kind: 'tls', host: 'fe80::1', port: 443 }],
])('%s', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});

test.each(['', 'unix:', 'host:99999', 'ftp://host', 'a b', 'https://host/path'])("'%s' is none", text => {
  expect(parseAddress(text)).toBeUndefined();
});

test('an address is written so that it is read back', () => {
  for (const text of ['https://host:443', 'http://[::1]:80', 'unix:/run/x'])
    expect(addressText(parseAddress(text) ?? { kind: 'unix', path: '' })).toBe(text);
});
