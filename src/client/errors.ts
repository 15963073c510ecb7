// What can go wrong between the client and a server, before the server says anything of its own (that is a XenError).

export type ConnectionProblem =
  /** Nobody listens, or the socket file cannot be opened. */
  | 'refused'
  /** The name has no address. */
  | 'unknown-host'
  /** The connection ended in the middle of an exchange. */
  | 'lost'
  /** No answer in time. */
  | 'timeout'
  /** The certificate is not the one that was pinned, or it was not accepted. */
  | 'untrusted'
  /** The peer answers, but not in the way of the XenAPI. */
  | 'not-xenapi';

export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly problem: ConnectionProblem;
  /** The server as the user named it, for messages. */
  readonly server: string;

  constructor(problem: ConnectionProblem, server: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
    this.server = server;
  }
}

/** The system's code of an error (`ECONNREFUSED`), if it has one. */
export const systemCode = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};
