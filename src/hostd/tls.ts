// The host's own certificate: made once, at the first start, with the openssl program (P-256, self-signed, ten years). Key and
// certificate stand in one file, mode 0600, written beside and renamed, so that a crash never leaves half of it.

import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';

export interface HostCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 over the certificate, `AB:CD:…`: what a client pins. */
  readonly fingerprint: string;
}

const VALID_DAYS = 3650;
const OPENSSL_TIMEOUT_MS = 30_000;

/** Reads the certificate of `stateDir`, or makes it. Idempotent. */
export const hostCertificate = async (stateDir: string, commonName: string): Promise<HostCertificate> => {
  const directory = join(stateDir, 'tls');
  const path = join(directory, 'host.pem');
  const stored = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stored !== undefined) return parsePem(stored, path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pem = await makePem(directory, commonName);
  const draft = `${path}.new`;
  await writeFile(draft, pem, { mode: 0o600, flush: true });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return parsePem(pem, path);
};

const parsePem = (pem: string, path: string): HostCertificate => {
  const keyPem = /-----BEGIN (?:EC )?PRIVATE KEY-----[^-]+-----END (?:EC )?PRIVATE KEY-----/.exec(pem)?.[0];
  const certPem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (keyPem === undefined || certPem === undefined) {
    throw new Error(`${path} does not hold a private key and a certificate; delete it and a new one is made at the next start`);
  }
  return { keyPem, certPem, fingerprint: new X509Certificate(certPem).fingerprint256 };
};

const makePem = async (directory: string, commonName: string): Promise<string> => {
  const work = await mkdtemp(join(directory, 'new-'));
  try {
    const key = join(work, 'key.pem');
    const cert = join(work, 'cert.pem');
    const subject = ['-subj', `/CN=${subjectName(commonName)}`, '-addext', `subjectAltName=${alternativeNames(commonName).join(',')}`];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256', '-days', String(VALID_DAYS)];
    await openssl(['req', ...kind, ...subject, '-keyout', key, '-out', cert]);
    return `${await readFile(key, 'utf8')}${await readFile(cert, 'utf8')}`;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const openssl = (args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile('openssl', args, { timeout: OPENSSL_TIMEOUT_MS }, (error, _stdout, stderr) => {
      if (!error) return resolve();
      const missing = 'code' in error && error.code === 'ENOENT';
      reject(
        new Error(missing ? 'the openssl program is not installed: it makes the certificate of the TLS listener' : `openssl: ${stderr}`),
      );
    });
  });

/** What may stand in a subject without being taken for its syntax; at most 64 characters. */
const subjectName = (name: string): string => name.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 64) || 'xcp';

const alternativeNames = (commonName: string): readonly string[] => {
  const names = new Set([subjectName(commonName), subjectName(hostname()), 'localhost']);
  const addresses = new Set(['127.0.0.1', '::1']);
  for (const list of Object.values(networkInterfaces())) {
    for (const entry of list ?? []) if (isIP(entry.address) !== 0) addresses.add(entry.address);
  }
  return [...[...names].map(name => `DNS:${name}`), ...[...addresses].map(address => `IP:${address}`)];
};
