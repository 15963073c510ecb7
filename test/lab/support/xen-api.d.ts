// The part of the npm package `xen-api` that the lab uses; it ships no types.
declare module 'xen-api' {
  interface XapiObject {
    readonly $type: string;
    readonly $ref: string;
    readonly [field: string]: unknown;
  }
  export interface Xapi {
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    readonly objectsFetched: Promise<void>;
    readonly objects: { readonly all: Readonly<Record<string, XapiObject>> };
    call(method: string, ...args: readonly unknown[]): Promise<unknown>;
    callAsync(method: string, ...args: readonly unknown[]): Promise<unknown>;
  }
  export function createClient(options: {
    readonly url: string;
    readonly auth: { readonly user: string; readonly password: string };
    readonly allowUnauthorized?: boolean;
  }): Xapi;
}
