// The log: one line per event on a stream, as JSON or as text for people. Field values are bounded, control characters never reach
// a terminal, and an error is written with its cause; its stack only at level debug.

import type { LogFields, Logger, LogLevel } from '../lib/logger.ts';

export type LogFormat = 'json' | 'text';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

const rank: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };
const MAX_VALUE_CHARS = 4096;

export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export const createLogger = (options: LogOptions): Logger => {
  const limit = rank[options.level];
  const now = options.now ?? (() => new Date());
  const withStack = options.level === 'debug';
  const line = options.format === 'json' ? jsonLine : textLine;
  const make = (bound: LogFields): Logger => {
    const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
      if (rank[level] > limit) return;
      const plain: Record<string, unknown> = {};
      for (const [key, value] of Object.entries({ ...bound, ...fields })) plain[key] = plainValue(value, withStack);
      options.write(`${line(now().toISOString(), level, message, plain)}\n`);
    };
    return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), with: fields => make({ ...bound, ...fields }) };
  };
  return make({});
};

const jsonLine = (time: string, level: LogLevel, message: string, fields: LogFields): string =>
  JSON.stringify({ time, level, message, ...fields });

const textLine = (time: string, level: LogLevel, message: string, fields: LogFields): string => {
  const words = Object.entries(fields).map(([key, value]) => `${key}=${fieldText(value)}`);
  return [time, level.padEnd(5), printable(message), ...words].join(' ');
};

const fieldText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return /^[^\s"=]+$/.test(text) ? printable(text) : printable(JSON.stringify(text));
};

const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

const plainValue = (value: unknown, withStack: boolean): unknown => {
  if (value instanceof Error) return clip(errorText(value, withStack));
  if (typeof value === 'string') return clip(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value) ?? '';
  return text.length > MAX_VALUE_CHARS ? clip(text) : value;
};

const errorText = (error: Error, withStack: boolean): string => {
  const own = withStack ? (error.stack ?? error.message) : `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}; cause: ${errorText(error.cause, withStack)}` : own;
};

const clip = (text: string): string => (text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text);
