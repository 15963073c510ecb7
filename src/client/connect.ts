// Opens the stream to a server: a unix socket, TCP, or TLS whose certificate was accepted before a byte of ours is sent.

import { type ServerAddress, addressText } from './address.ts';
import { bunRuntime, openUnix } from './bun-socket.ts';
import { ConnectionError, systemCode } from './errors.ts';
import type { ByteStream } from './stream.ts';
import type { TrustPolicy } from './trust.ts';

const CONNECT_TIMEOUT_MS = 30_000;

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Decides about the certificate; needed for TLS. */
  readonly trust?: TrustPolicy | undefined;
}

/** A connected stream. Rejects with ConnectionError, or with the signal's reason. */
export const connect = async (address: ServerAddress, options: ConnectOptions = {}): Promise<ByteStream> => {
  const bun = address.kind === 'unix' ? bunRuntime() : undefined;
  const timeout = bun === undefined ? AbortSignal.timeout(CONNECT_TIMEOUT_MS) : undefined;
  const signals = [options.signal, timeout].filter(signal => signal !== undefined);
  try {
    // A local socket answers or refuses at once.
    if (bun !== undefined && address.kind === 'unix') return await openUnix(bun, address.path);
    return await openStream(address, options.trust, AbortSignal.any(signals));
  } catch (error) {
    options.signal?.throwIfAborted();
    throw timeout?.aborted === true
      ? new ConnectionError('timeout', addressText(address), 'no answer in time', { cause: error })
      : connectionError(address, error);
  }
};

const openStream = async (address: ServerAddress, trust: TrustPolicy | undefined, signal: AbortSignal): Promise<ByteStream> => {
  const { openUnixOrTcp } = await import('./socket.ts');
  if (address.kind !== 'tls') return await openUnixOrTcp(address, signal);
  if (trust === undefined) throw new ConnectionError('untrusted', addressText(address), 'no certificate can be accepted here');
  const { openTls } = await import('./tls.ts');
  return await openTls(address, trust, signal);
};

const connectionError = (address: ServerAddress, error: unknown): unknown => {
  if (error instanceof ConnectionError) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  const unknown = code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA';
  const message = error instanceof Error ? error.message : code;
  return new ConnectionError(unknown ? 'unknown-host' : 'refused', address.kind === 'unix' ? address.path : address.host, message, {
    cause: error,
  });
};
