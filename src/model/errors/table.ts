// Every error code of the API.

import { accessErrors } from './access.ts';
import { clusterErrors } from './cluster.ts';
import { generalErrors } from './general.ts';
import { hardwareErrors } from './hardware.ts';
import { hostErrors } from './host.ts';
import { networkErrors } from './network.ts';
import { storageErrors } from './storage.ts';
import { updateErrors } from './update.ts';
import { vmErrors } from './vm.ts';

const table = {
  ...updateErrors,
  ...accessErrors,
  ...clusterErrors,
  ...storageErrors,
  ...networkErrors,
  ...hardwareErrors,
  ...vmErrors,
  ...hostErrors,
  ...generalErrors,
} as const;

export type ErrorCode = keyof typeof table;

export interface ErrorModel {
  readonly code: string;
  /** Names of the parameters, in order; empty for a code that was never documented. */
  readonly params: readonly string[];
  readonly documented: boolean;
}

export const errors: ReadonlyMap<string, ErrorModel> = new Map(
  Object.entries(table).map(([code, params]): [string, ErrorModel] => [
    code,
    { code, params: params ?? [], documented: params !== undefined },
  ]),
);
