// The form of the field tables: what a CLI class shows of an API class, in display order, how it is rendered and how it may be set.
//
// A row is [mode, source, kind, rest?]. `source` is the field of the API record, or `reference.field` where it is read through
// another object. Kinds:
//   string bool int float datetime          the value as text (`float5.1`: five wide, one decimal; `quoted`: in single quotes)
//   enum E                                  a value of an enumeration (enums.ts where its text differs); `lower`: first letter lowered
//   uuid C · name C                         uuid or name-label of the object referred to
//   uuids C · names C                       the same for a set, joined `; ` (`uuids, C`: joined `, `)
//   set · set E                             members joined `; ` (`set,`: joined `, `)
//   map · map E · refmap C · values E       `k: v` pairs joined `; ` (keys of E; references as uuids; values alone)
//   computed                                by another call: computed.ts

import type { Sensible } from '../sensible.ts';

export type Mode = 'RO' | 'RW' | 'SRO' | 'SRW' | 'MRO' | 'MRW';

export interface FieldRest {
  /** Shown where the object behind the source is missing; left out: `<not in database>`. */
  readonly missing?: string;
  /** Shown for the empty text. */
  readonly empty?: string;
  readonly suffix?: string;
  /** How `param-set` reads the value, where not as the kind says. `bool!` and `int!` report wrong values in the words of the server. */
  readonly set?: string;
  /** What makes sense of a number that the server takes whatever it is; of others people are warned. */
  readonly sensible?: Sensible;
  /** Message that sets the field, where not `set_<source>`. */
  readonly setter?: string;
  /** How `param-add` reads a member. */
  readonly member?: string;
  readonly addName?: string;
  readonly removeName?: string;
  /** Members and keys are changed by reading and setting the whole field. */
  readonly whole?: boolean;
  /** `field:key=value` of `param-set`: `map` sets all keys at once, else the message that sets one key. */
  readonly keySet?: string;
  /** What `param-clear` does, where not as the mode says. */
  readonly clear?: 'empty' | 'emptyMap' | 'keys' | 'members' | 'never';
  /** Lists show `<expensive field>` instead. */
  readonly expensive?: boolean;
  readonly hidden?: boolean;
  readonly deprecated?: boolean;
  /** Filters compare without regard to case. */
  readonly foldCase?: boolean;
}

export type FieldRow =
  | readonly [mode: Mode, source: string, kind: string]
  | readonly [mode: Mode, source: string, kind: string, rest: FieldRest];

export interface RecordSpec {
  readonly api: string;
  readonly fields: Readonly<Record<string, FieldRow>>;
}

export interface Field {
  readonly name: string;
  readonly mode: Mode;
  readonly source: string;
  readonly kind: string;
  /** The two words of `kind`. */
  readonly form: string;
  readonly of: string;
  /** Where the source reads through a reference: the field that holds it, the class it refers to, the field behind it. */
  readonly through: { readonly field: string; readonly cls: string; readonly leaf: string } | undefined;
  readonly rest: FieldRest;
}

const NO_REST: FieldRest = {};

export const fieldsOf = (spec: RecordSpec): readonly Field[] =>
  Object.entries(spec.fields).map(([name, [mode, source, kind, rest]]) => {
    const [form = '', of = ''] = kind.split(' ');
    const [field = '', leaf] = source.split('.');
    const through = leaf === undefined ? undefined : { field, cls: linkedClass(spec.api, field), leaf };
    return { name, mode, source, kind, form, of, through, rest: rest ?? NO_REST };
  });

/** The class behind a reference field that a source reads through. */
const linkedClass = (api: string, field: string): string => {
  if (field === 'metrics') return `${api}_metrics`;
  if (field === 'guest_metrics') return `${api}_guest_metrics`;
  return field === 'driver' || field === 'host_driver' ? 'Host_driver' : field;
};

export const isSet = (field: Field): boolean => field.mode.startsWith('S');
export const isMap = (field: Field): boolean => field.mode.startsWith('M');

/** Whether members or keys can be added and removed. */
export const isOpen = (field: Field): boolean => field.mode === 'SRW' || field.mode === 'MRW';

export const isSettable = (field: Field): boolean => field.mode === 'RW' || field.rest.set !== undefined;

/** `field:key=value` works. */
export const isKeySettable = (field: Field): boolean => field.mode === 'MRW' || field.rest.keySet !== undefined;

export const clearing = (field: Field): NonNullable<FieldRest['clear']> => {
  if (field.rest.clear !== undefined) return field.rest.clear;
  if (field.mode === 'RW') return 'empty';
  if (field.mode === 'MRW') return 'keys';
  return field.mode === 'SRW' ? 'members' : 'never';
};

/** `name-label ( RW)`, as lists and records label it. */
export const fieldLabel = (field: Field): string => {
  const mode = field.mode.padStart(3);
  return `${field.name} (${mode})${field.rest.deprecated === true ? ' [DEPRECATED]' : ''}`;
};
