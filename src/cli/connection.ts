// From the connection options to a transport and credentials. What only TLS needs is loaded only for TLS.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { addressText, parseAddress, type ServerAddress } from '../client/address.ts';
import { KeptSession } from '../client/kept.ts';
import { login, type Credentials, type Session } from '../client/session.ts';
import { HttpTransport, type Transport } from '../client/transport.ts';
import type { ConnectionOptions } from './argv.ts';
import { CommandError, PlainError } from './exit.ts';
import { OutcomeError } from './exit-codes.ts';
import type { Io } from './io.ts';

const ROOT_SOCKET = '/var/lib/xcp/xapi';

/** Opens a session as the options say. Rejects with XenError, ConnectionError, CommandError or PlainError. */
export const openSession = async (options: ConnectionOptions, io: Io, local = false): Promise<Session> => {
  const kept = await keptSession(options, io);
  if (kept !== undefined) return kept;
  const credentials = await credentialsOf(options);
  const transport = io.connect === undefined ? await transportTo(serverAddress(options, io.env), options, io) : io.connect(options);
  try {
    return await login(transport, credentials, { local });
  } catch (error) {
    transport.close();
    throw error;
  }
};

/** The session that `xcp login` has kept for the server, where no password is given. A program called `xe` knows of none. */
const keptSession = async (options: ConnectionOptions, io: Io): Promise<Session | undefined> => {
  if (io.programName === 'xe' || io.connect !== undefined || options.password !== undefined || options.passwordFile !== undefined)
    return undefined;
  const server = serverAddress(options, io.env);
  if (server.kind === 'unix') return undefined;
  const { forgetSession, recallSession } = await import('./kept-session.ts');
  const kept = recallSession(io.env, server, options.userName);
  if (kept === undefined) return undefined;
  return new KeptSession(await transportTo(kept.address, options, io), kept.session, async () => {
    await forgetSession(io.env, server);
    return new OutcomeError('denied', `The session on ${addressText(server)} has ended; log in again: xcp login`);
  });
};

/** The server that the options or the environment name; the local one by default. */
export const serverAddress = (options: ConnectionOptions, env: Io['env']): ServerAddress => {
  const named = options.server ?? env['XCP_SERVER'];
  if (named === undefined || (named === '127.0.0.1' && options.port === undefined)) return localAddress(env);
  const address = parseAddress(named, { tls: !options.noTls, port: options.port });
  if (address === undefined) throw new CommandError(`'${named}' is no server: give host, host:port, https://host or unix:/path`);
  return address;
};

const localAddress = (env: Io['env']): ServerAddress => {
  // Who says where this host's socket is means it also by 127.0.0.1.
  const told = parseAddress(env['XCP_SERVER'] ?? '');
  if (told?.kind === 'unix') return told;
  const candidates = [ROOT_SOCKET, join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'xcp', 'xapi')];
  return { kind: 'unix', path: candidates.find(path => existsSync(path)) ?? ROOT_SOCKET };
};

/** A transport with the user's rules about certificates. */
export const transportTo = async (
  address: ServerAddress,
  options: Pick<ConnectionOptions, 'fingerprint' | 'caFile' | 'insecure' | 'confirmTimeoutSeconds'>,
  io: Io,
): Promise<Transport> => {
  const { confirmTimeoutSeconds: seconds } = options;
  const headers = seconds === undefined ? undefined : { 'x-xcp-confirm-timeout': String(seconds) };
  if (address.kind === 'unix') return new HttpTransport(address, { headers });
  const { protocolMemory } = await import('../client/memory.ts');
  const memory = protocolMemory(join(io.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'xcp', 'xmlrpc-servers'));
  if (address.kind === 'tcp') return new HttpTransport(address, { memory, headers });
  const { fingerprintText, parseFingerprint, trustPolicy } = await import('../client/trust.ts');
  if (options.fingerprint !== undefined && parseFingerprint(options.fingerprint) === undefined) {
    throw new CommandError('A fingerprint is the SHA-256 of the certificate: 64 hexadecimal digits');
  }
  const ask = async (server: string, fingerprint: string): Promise<boolean> => {
    io.stderr.write(
      `The certificate of ${server} is not known yet. SHA-256: ${fingerprintText(fingerprint)}\nTrust it from now on? (yes/no) `,
    );
    return (await io.readLine()).trim().toLowerCase() === 'yes';
  };
  const trust = trustPolicy({
    insecure: options.insecure,
    fingerprint: options.fingerprint,
    ca: options.caFile === undefined ? undefined : await readCa(options.caFile),
    knownHostsPath: join(io.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'xcp', 'known_hosts'),
    ask: io.stdinIsTTY && io.stderr.isTTY ? ask : undefined,
    warn: message => io.stderr.write(`${message}\n`),
  });
  return new HttpTransport(address, { trust, memory, headers });
};

const readCa = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`Cannot read the CA file ${path}`, { cause: error });
  }
};

export const credentialsOf = async (options: ConnectionOptions): Promise<Credentials> => {
  const fromFile = options.passwordFile === undefined ? undefined : await readPasswordFile(options.passwordFile);
  return { userName: options.userName ?? fromFile?.userName ?? 'root', password: options.password ?? fromFile?.password ?? '' };
};

/** Line 1 is the user name, line 2 the password. */
const readPasswordFile = async (path: string): Promise<Credentials> => {
  try {
    const [userName = '', password = ''] = (await readFile(path, 'utf8')).split('\n');
    return { userName, password };
  } catch (error) {
    throw new PlainError(`Error opening password file '${path}'`, { cause: error });
  }
};
