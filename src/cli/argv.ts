// The grammar of `xe`, pure: what was typed, XE_EXTRA_ARGS and ~/.xe become one normal form. Options that say where and how to connect
// are taken out wherever they stand; the rest is a command name and its parameters, in order.

import { UsageError } from './exit.ts';

export interface ConnectionOptions {
  readonly server?: string;
  readonly port?: number;
  readonly userName?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly noTls: boolean;
  readonly debug: boolean;
  readonly fingerprint?: string;
  readonly caFile?: string;
  readonly insecure: boolean;
  /** How long a change of a host's management waits for a connection by the new way. */
  readonly confirmTimeoutSeconds?: number;
}

export type Param = readonly [key: string, value: string];

export type Invocation =
  | { readonly kind: 'command'; readonly name: string; readonly params: readonly Param[]; readonly connection: ConnectionOptions }
  /** The usage text on stderr and exit 0, after `note` if there is one. `about`: the command whose help was asked for. */
  | { readonly kind: 'usage'; readonly note?: string; readonly about?: string }
  /** The version of the protocol that `xe -version` speaks of. */
  | { readonly kind: 'protocol-version' };

export interface Sources {
  readonly argv: readonly string[];
  /** XE_EXTRA_ARGS, split. */
  readonly extra: readonly string[];
  /** ~/.xe, line by line. */
  readonly rc: readonly string[];
}

type OptionName =
  | 'server'
  | 'port'
  | 'username'
  | 'password'
  | 'passwordfile'
  | 'nossl'
  | 'debug'
  | 'debugonfail'
  | 'traceparent'
  | 'fingerprint'
  | 'ca-file'
  | 'insecure';
type Options = Partial<Record<OptionName, string>>;

/** Switches that take the next word as their value. */
const valueSwitches: Readonly<Record<string, OptionName>> = {
  '-s': 'server',
  '-h': 'server',
  '-p': 'port',
  '-u': 'username',
  '-pw': 'password',
  '-pwf': 'passwordfile',
  '--traceparent': 'traceparent',
  '--fingerprint': 'fingerprint',
  '--ca-file': 'ca-file',
};
const plainSwitches: Readonly<Record<string, OptionName>> = {
  '--nossl': 'nossl',
  '--debug': 'debug',
  '--debug-on-fail': 'debugonfail',
  '--insecure': 'insecure',
};
const valueKeys: ReadonlySet<string> = new Set(['server', 'port', 'username', 'password', 'passwordfile', 'traceparent']);
const trueKeys: ReadonlySet<string> = new Set(['nossl', 'debug', 'debugonfail']);

const BAD_PORT = 'Port number must be an integer (0-65535)';

/** Throws UsageError on a syntax error. */
export const parseInvocation = (sources: Sources): Invocation => {
  if (sources.argv.length === 0) return { kind: 'usage' };
  const rc = takeOptions(sources.rc);
  const extra = takeOptions(sources.extra);
  const typed = takeOptions(sources.argv);
  const special = typed.special ?? extra.special ?? rc.special;
  if (special !== undefined) {
    const [about] = typed.rest;
    return special.kind === 'usage' && about !== undefined ? { ...special, about } : special;
  }
  const options = { ...rc.options, ...extra.options, ...typed.options };
  const words = [...typed.rest, ...extra.rest, ...rc.rest];
  const port = options.port === undefined ? undefined : parsePort(options.port);
  if (port === 'bad') return { kind: 'usage', note: BAD_PORT };
  if (words.length === 0) return { kind: 'usage' };
  return { kind: 'command', ...parseWords(words), connection: connectionOf(options, port) };
};

interface Taken {
  readonly options: Options;
  readonly rest: readonly string[];
  readonly special: Invocation | undefined;
}

const takeOptions = (words: readonly string[]): Taken => {
  const options: Options = {};
  const rest: string[] = [];
  let special: Invocation | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const next = words[i + 1];
    const switchName = valueSwitches[word];
    const [key, value] = splitAtEquals(word);
    if (switchName !== undefined && next !== undefined) {
      options[switchName] = next;
      i += 1;
    } else if (plainSwitches[word] !== undefined) {
      options[plainSwitches[word]] = 'true';
    } else if (word === '-help' || word === '--help') {
      special = { kind: 'usage' };
    } else if (word === '-version') {
      special = { kind: 'protocol-version' };
    } else if (value !== undefined && (valueKeys.has(key) || (trueKeys.has(key) && value === 'true'))) {
      options[key as OptionName] = value;
    } else {
      rest.push(word);
    }
  }
  return { options, rest, special };
};

const parsePort = (text: string): number | 'bad' => (/^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : 'bad');

const connectionOf = (options: Options, port: number | undefined): ConnectionOptions => ({
  ...(options.server === undefined ? {} : { server: options.server }),
  ...(port === undefined ? {} : { port }),
  ...(options.username === undefined ? {} : { userName: options.username }),
  ...(options.password === undefined ? {} : { password: options.password }),
  ...(options.passwordfile === undefined ? {} : { passwordFile: options.passwordfile }),
  ...(options.fingerprint === undefined ? {} : { fingerprint: options.fingerprint }),
  ...(options['ca-file'] === undefined ? {} : { caFile: options['ca-file'] }),
  noTls: options.nossl === 'true',
  debug: options.debug === 'true' || options.debugonfail === 'true',
  insecure: options.insecure === 'true',
});

const SYNTAX_ERROR = 'Syntax error: ';
const knownSwitches: Readonly<Record<string, string>> = {
  '-u': 'username',
  '-pw': 'password',
  '-s': 'server',
  '-h': 'server',
  '-p': 'port',
};

const parseWords = (words: readonly string[]): { readonly name: string; readonly params: readonly Param[] } => {
  const [name = '', ...rest] = words;
  if (name.includes('=')) throw new UsageError(SYNTAX_ERROR);
  const params: Param[] = [];
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i] ?? '';
    if (word.startsWith('--')) {
      params.push([word.slice(2), 'true']);
    } else if (word.startsWith('-')) {
      const key = knownSwitches[word];
      const value = rest[i + 1];
      // A command name that begins with a dash is reported as unknown, not as bad syntax.
      if (key === undefined || value === undefined) throw name.startsWith('-') ? unknownCommand(name) : new UsageError(SYNTAX_ERROR);
      params.push([key, value]);
      i += 1;
    } else {
      const [key, value = ''] = splitAtEquals(word);
      params.push([key, value]);
    }
  }
  return { name, params };
};

export const unknownCommand = (name: string): UsageError => new UsageError(`Unknown command: ${name}`);

/** Key and value; undefined if there is no `=`. */
export const splitAtEquals = (word: string): readonly [string, string | undefined] => {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
};
