// What one client, and all together, may take of this process. Everything over a limit is refused with an HTTP error, never queued.

export interface HttpLimits {
  readonly headerBytes: number;
  readonly xmlBodyBytes: number;
  readonly jsonBodyBytes: number;
  /** Bodies being read, of all connections together. */
  readonly allBodiesBytes: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** How long a connection may be idle between requests. */
  readonly idleTimeoutMs: number;
  readonly connections: number;
  /** Requests of one connection being answered. */
  readonly inFlight: number;
}

export const defaultHttpLimits: HttpLimits = {
  headerBytes: 16 * 1024,
  xmlBodyBytes: 300 * 1024,
  jsonBodyBytes: 4 * 1024 * 1024,
  allBodiesBytes: 64 * 1024 * 1024,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 300_000,
  connections: 1000,
  inFlight: 64,
};
