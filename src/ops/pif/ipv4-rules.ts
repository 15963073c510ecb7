// What a static IPv4 address needs to work: pure.

import { isIPv4 } from 'node:net';

const bitsOf = (address: string): number => address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);

/** Ones, then zeros; at least one of each, else no neighbour is on the network. */
export const isNetmask = (text: string): boolean => {
  if (!isIPv4(text)) return false;
  const rest = 2 ** 32 - bitsOf(text);
  return rest >= 1 && rest <= 2 ** 31 && Number.isInteger(Math.log2(rest));
};

/** A neighbour on the network of `address`, and not that address itself. */
export const isNeighbour = (other: string, address: string, netmask: string): boolean => {
  const size = 2 ** 32 - bitsOf(netmask);
  return Math.floor(bitsOf(other) / size) === Math.floor(bitsOf(address) / size) && other !== address;
};
