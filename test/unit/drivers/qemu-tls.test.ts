// What QEMU's servers are given for TLS.

import { describe, expect, test } from '@jest/globals';
import { qemuTlsFiles } from '../../../src/drivers/qemu-tls.ts';

const tls = { caPem: 'ca', certPem: 'cert', keyPem: 'key', peerName: 'peer' };

/** RFC 7919, appendix A.1: 2^2048 - 2^1984 + {[2^1918 * e] + 560316} * 2^64 - 1. */
const ffdhe2048 = (): bigint => {
  const guardBits = 64n;
  let [e, term] = [0n, 1n << (1918n + guardBits)];
  for (let n = 1n; term > 0n; n++) {
    e += term;
    term /= n;
  }
  return (1n << 2048n) - (1n << 1984n) + (((e >> guardBits) + 560_316n) << 64n) - 1n;
};

describe('a server of QEMU’s', () => {
  test('is given the group of the standard, so that it makes none of its own', () => {
    const pem = new Map(qemuTlsFiles('server', tls)).get('dh-params.pem') ?? '';
    const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    // SEQUENCE of 264 bytes: INTEGER p, of 257 bytes with its sign, and INTEGER 2.
    const expected = `308201080282010100${ffdhe2048().toString(16)}020102`;
    expect(der.toString('hex')).toBe(expected);
  });

  test('and a client only what it needs to say who it is', () => {
    expect(qemuTlsFiles('client', tls)).toEqual([
      ['ca-cert.pem', 'ca'],
      ['client-cert.pem', 'cert'],
      ['client-key.pem', 'key'],
    ]);
  });
});
