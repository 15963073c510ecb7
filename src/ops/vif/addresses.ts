// Addresses that a VIF may use: syntax and errors.

import { isIPv4, isIPv6 } from 'node:net';
import { XenError } from '../../model/error.ts';

export type AddressField = 'ipv4_allowed' | 'ipv6_allowed';

const isOfFamily = (field: AddressField, text: string): boolean =>
  field === 'ipv4_allowed' ? isIPv4(text) : isIPv6(text) && !text.includes('%');

/** Throws INVALID_IP_ADDRESS_SPECIFIED, naming the field. */
export const assertAddresses = (field: AddressField, addresses: readonly string[]): void => {
  if (!addresses.every(address => isOfFamily(field, address))) throw new XenError('INVALID_IP_ADDRESS_SPECIFIED', [field]);
};

/** Throws INVALID_CIDR_ADDRESS_SPECIFIED; answers the address without its prefix. */
export const addressOfCidr = (family: 4 | 6, text: string): string => {
  const [address = '', prefix = '', ...more] = text.split('/');
  const right = family === 4 ? isIPv4(address) : isIPv6(address);
  const bits = Number(prefix);
  if (!right || more.length > 0 || !/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128)) {
    throw new XenError('INVALID_CIDR_ADDRESS_SPECIFIED', ['address']);
  }
  return address;
};
