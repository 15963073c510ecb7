// Nominal types for the two names a XenAPI object has: its opaque reference and its uuid.

declare const brand: unique symbol;
export type Brand<T, B extends string> = T & { readonly [brand]: B };

/** An opaque reference such as `OpaqueRef:5e0c…`; `C` is the class it points to. */
export type Ref<C extends string = string> = Brand<string, `ref ${C}`>;

export const NULL_REF_TEXT = 'OpaqueRef:NULL';

/** The reference that points nowhere, typed for the class wanted. */
export const nullRef = <C extends string>(): Ref<C> => NULL_REF_TEXT as Ref<C>;

export const isNullRef = (ref: string): boolean => ref === NULL_REF_TEXT || ref === '';
