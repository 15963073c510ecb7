// Types of records, parameters and results, computed from the class files. Nothing here exists at run time.

import type { Ref } from '../lib/brand.ts';
import type { EnumName, EnumValue } from './enums.ts';
import type { Sources } from './sources.ts';

export type ClassName = keyof Sources;

/** What a value of a type, given as text, is in TypeScript. Keys of maps are strings, whatever they name. */
export type ValueOf<T extends string> = T extends 'string' | 'secretstring' | 'datetime'
  ? string
  : T extends 'int' | 'float'
    ? number
    : T extends 'bool'
      ? boolean
      : T extends 'void'
        ? void
        : T extends `(${infer Inner})`
          ? ValueOf<Inner>
          : T extends `enum ${infer E}`
            ? E extends EnumName
              ? EnumValue<E>
              : never
            : T extends `ref ${infer C}`
              ? Ref<C>
              : T extends `record ${infer C}`
                ? C extends ClassName
                  ? RecordOf<C>
                  : Readonly<Record<string, unknown>>
                : T extends `set ${infer Of}`
                  ? readonly ValueOf<Of>[]
                  : T extends `option ${infer Of}`
                    ? ValueOf<Of> | undefined
                    : T extends `map ${'ref' | 'enum'} ${string} ${infer V}`
                      ? Readonly<Record<string, ValueOf<V>>>
                      : T extends `map ${string} ${infer V}`
                        ? Readonly<Record<string, ValueOf<V>>>
                        : never;

type FieldsOf<C extends ClassName> = Sources[C]['fields'];
type OwnMessages<C extends ClassName> = Sources[C]['messages'];
type TypeTextOf<F> = F extends { readonly type: infer T extends string } ? T : never;

export type FieldName<C extends ClassName> = keyof FieldsOf<C> & string;
export type RecordOf<C extends ClassName> = { readonly [F in keyof FieldsOf<C>]: ValueOf<TypeTextOf<FieldsOf<C>[F]>> };

// A signature: parameters as the caller gives them, parameters as the handler gets them (defaults filled in), and the result.
interface Signature<P, B, R> {
  readonly params: P;
  readonly bound: B;
  readonly result: R;
}
type Plain<P, R> = Signature<P, P, R>;

type ParamRows<M> = M extends { readonly params: infer P } ? P : {};
type OptionalKeys<P> = { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P];
type ParamValue<P> = P extends string ? ValueOf<P> : ValueOf<TypeTextOf<P>>;
type Given<P> = { readonly [K in Exclude<keyof P, OptionalKeys<P>>]: ParamValue<P[K]> } & {
  readonly [K in OptionalKeys<P>]?: ParamValue<P[K]>;
};
type Bound<P> = { readonly [K in keyof P]: ParamValue<P[K]> };
type ResultText<M> = M extends { readonly result: infer R extends string } ? R : 'void';

type OwnSignatures<C extends ClassName> = {
  [N in keyof OwnMessages<C>]: Signature<
    Given<ParamRows<OwnMessages<C>[N]>>,
    Bound<ParamRows<OwnMessages<C>[N]>>,
    ValueOf<ResultText<OwnMessages<C>[N]>>
  >;
};

type Self<C extends ClassName> = { readonly self: Ref<C> };
type Writable<F> = F extends { readonly access: 'RW' } ? F : never;
type MapField<F> = F extends { readonly access: 'RW'; readonly type: `map ${string}` } ? F : never;
type SetField<F> = F extends { readonly access: 'RW'; readonly type: `set ${string}` } ? F : never;
type Item<F> =
  TypeTextOf<F> extends `set ${infer T}`
    ? ValueOf<T>
    : TypeTextOf<F> extends `map ${string}`
      ? ValueOf<TypeTextOf<F>>[string & keyof ValueOf<TypeTextOf<F>>]
      : never;

type FieldSignatures<C extends ClassName, Fs = FieldsOf<C>> = {
  [F in keyof Fs & string as `get_${F}`]: Plain<Self<C>, ValueOf<TypeTextOf<Fs[F]>>>;
} & {
  [F in keyof Fs & string as Writable<Fs[F]> extends never ? never : `set_${F}`]: Plain<
    Self<C> & { readonly value: ValueOf<TypeTextOf<Fs[F]>> },
    void
  >;
} & {
  [F in keyof Fs & string as MapField<Fs[F]> extends never ? never : `add_to_${F}`]: Plain<
    Self<C> & { readonly key: string; readonly value: Item<Fs[F]> },
    void
  >;
} & {
  [F in keyof Fs & string as MapField<Fs[F]> extends never ? never : `remove_from_${F}`]: Plain<Self<C> & { readonly key: string }, void>;
} & {
  [F in keyof Fs & string as SetField<Fs[F]> extends never ? never : `add_${F}` | `remove_${F}`]: Plain<
    Self<C> & { readonly value: Item<Fs[F]> },
    void
  >;
};

interface SingleReads<C extends ClassName> {
  readonly get_by_uuid: Plain<{ readonly uuid: string }, Ref<C>>;
  readonly get_record: Plain<Self<C>, RecordOf<C>>;
}
interface BulkReads<C extends ClassName> {
  readonly get_all: Plain<{}, readonly Ref<C>[]>;
  readonly get_all_where: Plain<{ readonly expr: string }, readonly Ref<C>[]>;
  readonly get_all_records: Plain<{}, Readonly<Record<string, RecordOf<C>>>>;
  readonly get_all_records_where: Plain<{ readonly expr: string }, Readonly<Record<string, RecordOf<C>>>>;
}
interface NameLookup<C extends ClassName> {
  readonly get_by_name_label: Plain<{ readonly label: string }, readonly Ref<C>[]>;
}

type ConstructorFields<Fs> = { [F in keyof Fs]: Fs[F] extends { readonly access: string } ? F : never }[keyof Fs];
type OptionalFields<Fs> = { [F in keyof Fs]: Fs[F] extends { readonly default: unknown } ? F : never }[keyof Fs];
/** The record that the plain `create` takes. */
export type CreateArgs<C extends ClassName, Fs = FieldsOf<C>> = {
  readonly [F in Exclude<ConstructorFields<Fs>, OptionalFields<Fs>>]: ValueOf<TypeTextOf<Fs[F]>>;
} & { readonly [F in Extract<ConstructorFields<Fs>, OptionalFields<Fs>>]?: ValueOf<TypeTextOf<Fs[F]>> };
/** The same with the defaults filled in. */
export type BoundCreateArgs<C extends ClassName, Fs = FieldsOf<C>> = { readonly [F in ConstructorFields<Fs>]: ValueOf<TypeTextOf<Fs[F]>> };
interface PlainLifecycle<C extends ClassName> {
  readonly create: Signature<{ readonly args: CreateArgs<C> }, { readonly args: BoundCreateArgs<C> }, Ref<C>>;
  readonly destroy: Plain<Self<C>, void>;
}

type If<S, Shape, T> = S extends Shape ? T : {};
type DerivedSignatures<C extends ClassName, S = Sources[C]> = S extends { readonly stored: 'no' }
  ? {}
  : FieldSignatures<C> &
      SingleReads<C> &
      (S extends { readonly reads: 'single' } ? {} : BulkReads<C>) &
      If<S, { readonly byNameLabel: true }, NameLookup<C>> &
      If<S, { readonly lifecycleRole: string }, PlainLifecycle<C>>;

/** What a class says of a message itself is what holds. */
type SignaturesOf<C extends ClassName> = OwnSignatures<C> & Omit<DerivedSignatures<C>, keyof OwnMessages<C>>;
type AllSignatures = { [C in ClassName]: SignaturesOf<C> };

/** Every message: `VM.start`, `host.get_name_label`. */
export type MessageName = { [C in ClassName]: `${C}.${keyof AllSignatures[C] & string}` }[ClassName];

type SignatureOf<M extends MessageName> = M extends `${infer C extends ClassName}.${infer N}`
  ? N extends keyof AllSignatures[C]
    ? AllSignatures[C][N]
    : never
  : never;

/** Parameters by name, as a caller gives them: those with a default may be left out. */
export type ParamsOf<M extends MessageName> = SignatureOf<M> extends Signature<infer P, unknown, unknown> ? P : never;
/** Parameters by name, as a handler gets them: with all defaults. */
export type BoundParamsOf<M extends MessageName> = SignatureOf<M> extends Signature<unknown, infer B, unknown> ? B : never;
export type ResultOf<M extends MessageName> = SignatureOf<M> extends Signature<unknown, unknown, infer R> ? R : never;

/** A function per message of a class, its own and derived ones: `{ start: (call, { vm, force }) => … }`. */
export type HandlersOf<C extends ClassName, Call> = {
  readonly [N in keyof AllSignatures[C] & string]: AllSignatures[C][N] extends Signature<unknown, infer B, infer R>
    ? (call: Call, params: B) => Promise<R>
    : never;
};
