// The certificates of one migration. Each side makes, for this migration alone, a small authority and one certificate that it
// signed, and tells the other side the authority's certificate and the name; both sides then verify each other. Only those two
// are ever sent: the keys stay in the memory of the host that made them and are gone with the migration. No file, no child
// process: an X.509 certificate is some forty bytes of structure around what node:crypto signs.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { MigrationTls } from '../../drivers/hypervisor.ts';
import {
  bitString,
  boolean,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  pem,
  positiveInteger,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';

/** What a side tells the other of its certificates. */
export interface TlsOffer {
  readonly caPem: string;
  readonly name: string;
}

export interface TlsIdentity {
  readonly offer: TlsOffer;
  /** The material to speak TLS with the side that made `peer`. */
  toward(peer: TlsOffer): MigrationTls;
}

const DAY_MS = 86_400_000;
/** Clocks of two hosts differ: a certificate is good from a day before it was made. */
const BACKDATED_MS = DAY_MS;
/** A migration that takes longer than this has long been given up. */
const VALID_MS = 14 * DAY_MS;

const ECDSA_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const USAGE_CA = Buffer.from([0x06]); // keyCertSign, cRLSign
const USAGE_LEAF = Buffer.from([0xa0]); // digitalSignature, keyEncipherment: QEMU asks for both, whatever the key's type

const signAsync = promisify(sign);

/** Makes a fresh authority and a certificate under it. Nothing of it is written anywhere. */
export async function createTlsIdentity(now: Date = new Date()): Promise<TlsIdentity> {
  const name = `xcp-${randomBytes(8).toString('hex')}`;
  const [ca, leaf] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
  const caName = `${name} authority`;
  const caPem = await certificate({
    subject: caName,
    issuer: caName,
    key: ca.publicKey,
    signer: ca.privateKey,
    extensions: caExtensions(ca.publicKey),
    now,
  });
  const extensions = leafExtensions(name, ca.publicKey);
  const certPem = await certificate({ subject: name, issuer: caName, key: leaf.publicKey, signer: ca.privateKey, extensions, now });
  const keyPem = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    offer: { caPem, name },
    toward: peer => ({ caPem: peer.caPem, certPem, keyPem, peerName: peer.name }),
  };
}

interface CertificateSpec {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly now: Date;
}

async function certificate(spec: CertificateSpec): Promise<string> {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40; // positive and of full length
  const start = spec.now.getTime();
  const body = sequence(
    explicit(0, positiveInteger(Buffer.from([2]))),
    positiveInteger(serial),
    ECDSA_SHA256,
    commonName(spec.issuer),
    sequence(time(new Date(start - BACKDATED_MS)), time(new Date(start + VALID_MS))),
    commonName(spec.subject),
    publicKeyInfo(spec.key),
    explicit(3, sequence(...spec.extensions)),
  );
  const signature = await signAsync('sha256', body, spec.signer);
  return pem('CERTIFICATE', sequence(body, ECDSA_SHA256, bitString(signature)));
}

const commonName = (name: string): Buffer => sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
/** SHA-1 here only tells keys apart, as RFC 5280 has it; nothing rests on it. */
const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(publicKeyInfo(key)).digest();

const extension = (oid: string, options: { readonly critical: boolean }, value: Buffer): Buffer =>
  sequence(objectIdentifier(oid), ...(options.critical ? [boolean(true)] : []), octetString(value));

const caExtensions = (key: KeyObject): Buffer[] => [
  extension('2.5.29.19', { critical: true }, sequence(boolean(true))),
  extension('2.5.29.15', { critical: true }, bitString(USAGE_CA, 1)),
  extension('2.5.29.14', { critical: false }, octetString(keyIdentifier(key))),
];

const leafExtensions = (name: string, caKey: KeyObject): Buffer[] => [
  extension('2.5.29.19', { critical: true }, sequence()),
  extension('2.5.29.15', { critical: true }, bitString(USAGE_LEAF, 5)),
  extension('2.5.29.37', { critical: false }, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2'))),
  extension('2.5.29.35', { critical: false }, sequence(implicit(0, keyIdentifier(caKey)))),
  extension('2.5.29.17', { critical: false }, sequence(implicit(2, Buffer.from(name)))),
];
