// A session that outlives its commands: it is not ended with the command, and one that the server knows no longer is told as such.

import { isXenError } from '../model/error.ts';
import { Session } from './session.ts';
import type { Transport } from './transport.ts';

export class KeptSession extends Session {
  readonly #ended: () => Promise<Error>;

  /** `ended` is asked for the error when the server says that the session is over. */
  constructor(transport: Transport, ref: string, ended: () => Promise<Error>) {
    super(transport, ref);
    this.#ended = ended;
  }

  override async raw(method: string, params: readonly unknown[] = [], signal?: AbortSignal): Promise<unknown> {
    try {
      return await super.raw(method, params, signal);
    } catch (error) {
      throw isXenError(error, 'SESSION_INVALID') ? await this.#ended() : error;
    }
  }

  /** Leaves the session as it is. */
  override async logout(): Promise<void> {
    this.transport.close();
  }
}
