// Calls to other xcp hosts, by the client's own transport: JSON-RPC over TLS, the certificate checked against the fingerprint that was
// named before a byte is sent. XenAPI failures reject with XenError, whatever the network does with DriverError 'unreachable'.

import { parseAddress, type ServerAddress } from '../client/address.ts';
import { HttpTransport } from '../client/transport.ts';
import { parseFingerprint, type TrustPolicy } from '../client/trust.ts';
import { DriverError } from '../drivers/hypervisor.ts';
import { XenError } from '../model/error.ts';
import type { Peer, PeerConnector } from '../ops/context.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

export const createPeerConnector = (): PeerConnector => ({
  async connect({ url, sessionRef, fingerprint }) {
    const address = parseAddress(url);
    if (address === undefined) throw new DriverError('bad-config', `'${url}' is not the address of a host`);
    const transport = new HttpTransport(address, { trust: pinned(fingerprint) });
    return {
      call: (method, params, options) => callPeer(transport, method, [sessionRef, ...params], options ?? {}),
      async [Symbol.asyncDispose]() {
        transport.close();
      },
    } satisfies Peer;
  },
});

/** With a fingerprint only that certificate will do; without, an authority of the system must vouch for it. */
const pinned = (fingerprint: string | undefined): TrustPolicy => {
  const wanted = fingerprint === undefined ? undefined : parseFingerprint(fingerprint);
  return {
    async judge(server, certificate) {
      const accept = fingerprint === undefined ? certificate.authorized : certificate.fingerprint === wanted;
      return accept ? { accept } : { accept, why: `the certificate of ${server} is not the one that was named` };
    },
  };
};

const callPeer = async (
  transport: HttpTransport,
  method: string,
  params: readonly unknown[],
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<unknown> => {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  try {
    return await transport.request({ method, params }, signal);
  } catch (error) {
    if (error instanceof XenError) throw error;
    options.signal?.throwIfAborted();
    const where = serverText(transport.address);
    if (timeout.aborted)
      throw new DriverError('unreachable', `${where} did not answer ${method} within ${timeoutMs / 1000} s`, { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new DriverError('unreachable', `${where}: ${why}`, { cause: error });
  }
};

const serverText = (address: ServerAddress): string => (address.kind === 'unix' ? address.path : `${address.host}:${address.port}`);
