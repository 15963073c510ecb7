// The form in which classes are written down. A class file holds data only; what follows from the data (getters, setters, `create`,
// types, defaults, roles) is derived: compile.ts at run time, typing.ts for the type checker.
//
// Types are texts: `string secretstring int bool float datetime void`, `enum NAME`, `ref CLASS`, `record CLASS`, `set T`, `map K V`,
// `option T`; a compound inside another stands in parentheses. A secretstring is a string that is never logged.

import type { RequiredRole } from './roles.ts';

/** A value of the API as data: a default, a constant. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** When a thing came and what became of it. Left out altogether: the same as its class. */
export interface LifecycleSource {
  readonly since?: string;
  /** Left out: published. */
  readonly state?: LifecycleState;
  /** `transition:release`, oldest first; left out when it only was published once. */
  readonly changes?: readonly string[];
}
export type LifecycleState = 'prototyped' | 'deprecated' | 'removed';

/** Roles for single keys of a map; a trailing `*` stands for any rest. */
export type KeyRoles = Readonly<Record<string, RequiredRole>>;

export interface FieldSource extends LifecycleSource {
  readonly type: string;
  /** `RW` by its setter, `static` given at creation, left out: kept by the system. */
  readonly access?: 'RW' | 'static';
  /** Left out on a field of a constructor: must be given. */
  readonly default?: Value;
  /** The part of the name before the first underscore that is a name space: `name` of `name_label`. */
  readonly ns?: string;
  /** False: lost when the agent stops. */
  readonly persist?: false;
  /** Stands in records on the wire only; there is no getter. */
  readonly wireOnly?: true;
  readonly getterRole?: RequiredRole;
  readonly setterRole?: RequiredRole;
  readonly keyRoles?: KeyRoles;
}

export interface ParamSource {
  readonly type: string;
  readonly default?: Value;
  /** Where it is later than the message. */
  readonly since?: string;
}

export interface MessageSource extends LifecycleSource {
  /** By name, in order, without the session. */
  readonly params?: Readonly<Record<string, string | ParamSource>>;
  /** Left out: void. */
  readonly result?: string;
  readonly role: RequiredRole;
  /** False: there is no `Async.` form. */
  readonly async?: false;
  /** False: takes no session. */
  readonly session?: false;
  /** Answers on the wire, but no published SDK knows it. */
  readonly hidden?: true;
  /** For members of the pool among themselves. */
  readonly poolInternal?: true;
  /** Its parameters are never logged. */
  readonly secret?: true;
  /** Answered by an extension of the host. */
  readonly forward?: string;
  readonly keyRoles?: KeyRoles;
  readonly tags?: readonly string[];
  /** The declared ones; others may be thrown. */
  readonly errors?: readonly string[];
}

export type Fields = Readonly<Record<string, FieldSource>>;
export type Messages = Readonly<Record<string, MessageSource>>;

export interface ClassSource {
  readonly name: string;
  /** `memory`: in the database, gone with the agent. `no`: never in the database, so no getters either. Left out: durable. */
  readonly stored?: 'memory' | 'no';
  /** False: its changes are no events. */
  readonly events?: false;
  /** `single`: objects are read one by one, there is no `get_all`. */
  readonly reads?: 'single';
  /** True: there is a `get_by_name_label`. */
  readonly byNameLabel?: boolean;
  /** Who may call the plain `create` and `destroy`; left out: there are none, or they are messages of their own. */
  readonly lifecycleRole?: RequiredRole;
  /** Who may read whole objects; left out: everybody. */
  readonly readRole?: RequiredRole;
  readonly since: string;
  readonly state?: LifecycleState;
  readonly changes?: readonly string[];
  readonly fields: Fields;
  readonly messages: Messages;
}

export const defineClass = <const S extends ClassSource>(source: S): S => source;
export const defineFields = <const F extends Fields>(fields: F): F => fields;
export const defineMessages = <const M extends Messages>(messages: M): M => messages;
