// What a command is given: its parameters, the ways in and out, and a session that is opened when it is first asked for.

import type { Session } from '../client/session.ts';
import type { Args } from './args.ts';
import type { ConnectionOptions } from './argv.ts';
import type { Io } from './io.ts';
import type { OwnOptions } from './own-options.ts';
import type { Printer } from './printer.ts';
import type { Row } from './table/row.ts';

export interface Context {
  readonly command: string;
  readonly row: Row;
  readonly args: Args;
  readonly io: Io;
  readonly out: Printer;
  readonly connection: ConnectionOptions;
  /** Options that `xe` does not have; absent where none were given. */
  readonly own?: OwnOptions;
  /** The session of this command, logged in at the first call. Rejects with XenError or ConnectionError. */
  readonly session: () => Promise<Session>;
}

/** Does what a command says. The exit code is 0 unless it gives another one. */
export type Handler = (context: Context) => Promise<number | void>;
