// The tables of operations as the dispatcher reads them: by name, whatever their exact types are.

import type { ClassName, Role } from '../../model/index.ts';
import type { Call, OpsOf } from '../../ops/context.ts';
import type { Handler } from './operation.ts';

export type OperationTable = { readonly [C in ClassName]?: Readonly<Record<string, Handler>> };
export type PeerMessages = ReadonlyMap<
  string,
  { readonly role: Role; readonly handler: (call: Call, params: readonly unknown[]) => Promise<unknown> }
>;

export type TypedOps = { readonly [C in ClassName]?: OpsOf<C> };

/**
 * Each handler takes the parameters of its own message, which the dispatcher has checked by the model; the compiler cannot follow a name that comes
 * from the wire, so this is where the exact types end.
 */
export const operationTable = (ops: TypedOps): OperationTable => ops as OperationTable;
