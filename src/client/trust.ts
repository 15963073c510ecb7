// Which certificate is a server's own. In order: no check at all (loud), a fingerprint that was given, a CA file that was given, the
// fingerprint pinned at the first contact, a CA of the system; else it is pinned now, after a question where there is someone to ask.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.ts';

export interface PeerCertificate {
  /** SHA-256 of the certificate: 64 hexadecimal digits in lower case. */
  readonly fingerprint: string;
  /** Whether a CA (the given one or one of the system) vouches for the certificate and the name. */
  readonly authorized: boolean;
}

export type Verdict = { readonly accept: true } | { readonly accept: false; readonly why: string };

export interface TrustPolicy {
  /** PEM text of the one CA to believe. */
  readonly ca?: string | undefined;
  /** Decides about the certificate that `server` (`host:port`) shows. */
  judge(server: string, certificate: PeerCertificate): Promise<Verdict>;
}

export interface TrustOptions {
  readonly insecure?: boolean;
  /** SHA-256, with or without colons, any case. */
  readonly fingerprint?: string | undefined;
  readonly ca?: string | undefined;
  /** File of the pinned certificates. */
  readonly knownHostsPath: string;
  /** Asks at first contact; undefined: there is nobody to ask, it is pinned. */
  readonly ask?: ((server: string, fingerprint: string) => Promise<boolean>) | undefined;
  /** One line for the user. */
  readonly warn: (message: string) => void;
}

const ACCEPT: Verdict = { accept: true };
const refuse = (why: string): Verdict => ({ accept: false, why });

/** The plain form of a fingerprint, or undefined if `text` is none. */
export const parseFingerprint = (text: string): string | undefined => {
  const digits = text
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
};

/** The form in which people compare fingerprints: `AB:CD:…`. */
export const fingerprintText = (digits: string): string => (digits.toUpperCase().match(/../g) ?? []).join(':');

export const trustPolicy = (options: TrustOptions): TrustPolicy => ({
  ca: options.ca,
  judge: async (server, certificate) => {
    if (options.insecure === true) {
      options.warn(`Warning: the certificate of ${server} is not checked (--insecure).`);
      return ACCEPT;
    }
    if (options.fingerprint !== undefined) {
      return parseFingerprint(options.fingerprint) === certificate.fingerprint
        ? ACCEPT
        : refuse(mismatch(server, 'the given fingerprint', certificate));
    }
    if (options.ca !== undefined)
      return certificate.authorized ? ACCEPT : refuse(`The certificate of ${server} is not signed by the given CA.`);
    return await judgeByKnownHosts(server, certificate, options);
  },
});

/** What was pinned for `server` (`host:port`) at an earlier contact. */
export const pinnedFingerprint = async (knownHostsPath: string, server: string): Promise<string | undefined> =>
  (await readKnownHosts(knownHostsPath)).get(server);

const mismatch = (server: string, other: string, certificate: PeerCertificate): string =>
  `The certificate of ${server} is not that of ${other}: it has SHA-256 ${fingerprintText(certificate.fingerprint)}.`;

const judgeByKnownHosts = async (server: string, certificate: PeerCertificate, options: TrustOptions): Promise<Verdict> => {
  const known = await readKnownHosts(options.knownHostsPath);
  const pinned = known.get(server);
  if (pinned === certificate.fingerprint) return ACCEPT;
  if (pinned !== undefined) {
    return refuse(
      `${mismatch(server, 'earlier contacts', certificate)}\nIf the server was given a new one, remove the line of ${server} from ${options.knownHostsPath}.`,
    );
  }
  if (certificate.authorized) return ACCEPT;
  if (options.ask !== undefined && !(await options.ask(server, certificate.fingerprint)))
    return refuse(`The certificate of ${server} was not accepted.`);
  await writeKnownHosts(options.knownHostsPath, new Map([...known, [server, certificate.fingerprint]]));
  if (options.ask === undefined)
    options.warn(`Note: pinned the certificate of ${server} at first contact (SHA-256 ${fingerprintText(certificate.fingerprint)}).`);
  return ACCEPT;
};

/** The pinned fingerprints by `host:port`; empty if there is no file. The file holds lines `host:port fingerprint`. */
export const readKnownHosts = async (path: string): Promise<ReadonlyMap<string, string>> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  const entries = text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
    const [server, digits] = line.trim().split(/\s+/);
    const fingerprint = digits === undefined ? undefined : parseFingerprint(digits);
    return server === undefined || fingerprint === undefined ? [] : [[server, fingerprint]];
  });
  return new Map(entries);
};

const writeKnownHosts = async (path: string, known: ReadonlyMap<string, string>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, [...known].map(([server, fingerprint]) => `${server} ${fingerprint}\n`).join(''), { mode: 0o600 });
  await rename(draft, path);
};
