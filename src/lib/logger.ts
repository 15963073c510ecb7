// The shape of a logger. Levels as in syslog; fields are data, never part of the sentence; secrets never get here.

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = { readonly [key: string]: unknown };

export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  with(fields: LogFields): Logger;
}

const nothing = (): void => undefined;
/** Drops everything: for tests and for callers that have nowhere to write. */
export const silentLogger: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing, with: () => silentLogger };
