// The form of a command's row. A command that is one call of the API is nothing but its row; the others have a handler beside it.

import type { ClassName, MessageName } from '../../model/index.ts';
import type { Handler } from '../context.ts';

/** How one parameter of a call is made from the command's parameters. */
export type Arg =
  | { readonly kind: 'ref'; readonly param: string; readonly cls: ClassName; readonly optional?: true }
  | { readonly kind: 'refs'; readonly param: string; readonly cls: ClassName }
  | { readonly kind: 'text'; readonly param: string; readonly fallback?: string }
  | { readonly kind: 'int' | 'bytes'; readonly param: string; readonly fallback?: number }
  | { readonly kind: 'float'; readonly param: string; readonly fallback?: number }
  | { readonly kind: 'bool'; readonly param: string; readonly fallback?: boolean }
  | { readonly kind: 'choice'; readonly param: string; readonly choices: readonly string[]; readonly fallback?: string }
  | { readonly kind: 'list' | 'map'; readonly param: string }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | Readonly<Record<string, string>> }
  /** The fields of a new object. */
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, Arg>> }
  /** A map of those of the parameters that were given. */
  | { readonly kind: 'members'; readonly params: readonly string[] }
  /** The host that answers, or the one that a parameter names. */
  | { readonly kind: 'localhost'; readonly param?: string }
  /** The object that the selector found. */
  | { readonly kind: 'selected' }
  /** The pool of the server. */
  | { readonly kind: 'pool' };

export interface Call {
  readonly message: MessageName;
  /** In the order of the API. */
  readonly args: readonly Arg[];
  /** What is done with the result; left out: nothing. */
  readonly prints?: 'text' | 'lines' | 'map' | { readonly uuidOf: ClassName } | { readonly uuidsOf: ClassName };
  /** `--force` calls this instead. */
  readonly forced?: MessageName;
  /** Refuses without `--force`, before or after the parameters were looked at. */
  readonly forceNeeded?: 'before' | 'after';
}

export interface Row {
  readonly summary: string;
  readonly required?: readonly string[];
  /** Ends in `:` for `name:key=value` parameters. */
  readonly optional?: readonly string[];
  /** Parameters that `xe` does not have; its `help` does not name them. */
  readonly own?: readonly string[];
  /** Parameters of `own` that may stand in place of a required one. */
  readonly instead?: Readonly<Record<string, string>>;
  /** The words of a parameter that takes no others, where no call says them. */
  readonly takes?: Readonly<Record<string, readonly string[]>>;
  /** Parameters that are true or false, where neither a call nor their name says so. */
  readonly flags?: readonly string[];
  /** Takes `-o dot` and `-o svg`. */
  readonly draws?: true;
  readonly selects?: 'vms' | 'hosts' | 'srs';
  /** Never several at once, not even with `--multiple`. */
  readonly one?: true;
  /** The selector also takes control domains, or templates. */
  readonly alsoSelects?: readonly ('control-domains' | 'templates')[];
  readonly call?: Call;
  /** Works on a host that has lost its pool: the login asks nobody but the host itself. */
  readonly local?: true;
  /** Left out: named in the full list of `help --all` only. */
  readonly help?: 'common' | 'hidden';
  /** What to use instead. */
  readonly deprecated?: string;
}

export type Rows = Readonly<Record<string, Row>>;

/** A loader for every row without a call, none for the others: a missing handler does not compile. */
export type Handlers<R extends Rows> = {
  readonly [K in keyof R as R[K] extends { readonly call: Call } ? never : K]: () => Promise<Handler>;
};

/** The commands of one or a few classes. */
export interface CommandGroup {
  readonly rows: Rows;
  readonly handlers: Readonly<Record<string, () => Promise<Handler>>>;
}

export const ref = (param: string, cls: ClassName): Arg => ({ kind: 'ref', param, cls });
export const maybeRef = (param: string, cls: ClassName): Arg => ({ kind: 'ref', param, cls, optional: true });
export const refs = (param: string, cls: ClassName): Arg => ({ kind: 'refs', param, cls });
export const text = (param: string, fallback?: string): Arg => ({ kind: 'text', param, ...(fallback === undefined ? {} : { fallback }) });
export const int = (param: string, fallback?: number): Arg => ({ kind: 'int', param, ...(fallback === undefined ? {} : { fallback }) });
export const bytes = (param: string, fallback?: number): Arg => ({ kind: 'bytes', param, ...(fallback === undefined ? {} : { fallback }) });
export const float = (param: string, fallback?: number): Arg => ({ kind: 'float', param, ...(fallback === undefined ? {} : { fallback }) });
export const bool = (param: string, fallback = false): Arg => ({ kind: 'bool', param, fallback });
export const choice = (param: string, choices: readonly string[], fallback?: string): Arg => ({
  kind: 'choice',
  param,
  choices,
  ...(fallback === undefined ? {} : { fallback }),
});
export const list = (param: string): Arg => ({ kind: 'list', param });
export const map = (param: string): Arg => ({ kind: 'map', param });
export const constant = (value: string | number | boolean | Readonly<Record<string, string>>): Arg => ({ kind: 'constant', value });
export const record = (fields: Readonly<Record<string, Arg>>): Arg => ({ kind: 'record', fields });
export const members = (...params: readonly string[]): Arg => ({ kind: 'members', params });
export const localhost: Arg = { kind: 'localhost' };
export const hostOrLocal = (param: string): Arg => ({ kind: 'localhost', param });
export const selected: Arg = { kind: 'selected' };
export const pool: Arg = { kind: 'pool' };
