// What the description of an export holds, whatever form it is written in: records with references that hold within it only (`Ref:0`).

import type { Ref } from '../../lib/brand.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';

export interface XvaObject<C extends ClassName = ClassName> {
  readonly cls: C;
  /** Stands for the object in the document; for a disk, also the folder of its blocks. */
  readonly id: string;
  readonly record: RecordOf<C>;
  /** The fields that the document has; the others of `record` are the model's defaults. */
  readonly told: ReadonlySet<string>;
}

export interface XvaDocument {
  /** 2: a checksum beside each block. 1: also a table of them at the end. */
  readonly exportVersion: number;
  readonly objects: readonly XvaObject[];
}

export type WrittenObject = {
  readonly [C in ClassName]: { readonly cls: C; readonly id: string; readonly record: RecordOf<C> };
}[ClassName];

/** The objects of one class. */
export const objectsOf = <C extends ClassName>({ objects }: XvaDocument, cls: C): readonly XvaObject<C>[] =>
  objects.filter((object): object is XvaObject<C> => object.cls === cls);

export interface ImportRequest {
  readonly restore: boolean;
  readonly force: boolean;
  /** Only looks whether it could be done. */
  readonly dryRun: boolean;
  /** Where the disks go; `default`: the pool's SR for it; `none`: there is only the description, the disks are here. */
  readonly sr: Ref<'SR'> | 'default' | 'none';
  readonly vdis: ReadonlyMap<string, string>;
}
