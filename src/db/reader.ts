// Reads through a stack of layers, topmost first. One layer is the durable state as everybody sees it; more than one is what a
// transaction sees.

import type { Ref } from '../lib/brand.ts';
import type { Json } from '../lib/json.ts';
import { handleInvalid } from '../model/error.ts';
import type { ClassName, RecordOf } from '../model/index.ts';
import type { Reader } from './db.ts';
import type { Layer } from './layer.ts';
import { type AnyRecord, typedRecord, typedRef } from './records.ts';

export class LayeredReader implements Reader {
  readonly #layers: readonly Layer[];
  /** From the bottom to the top. */
  readonly #upwards: readonly Storey[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
    this.#upwards = layers.map((layer, depth) => ({ layer, above: layers.slice(0, depth), below: layers.slice(depth + 1) })).toReversed();
  }

  /** The record as it is stored here, without the type that the model gives it. */
  find(cls: ClassName, ref: string): AnyRecord | undefined {
    for (const layer of this.#layers) {
      const records = layer.tables.get(cls)?.records;
      const record = records?.get(ref);
      if (record || records?.has(ref)) return record;
    }
    return undefined;
  }

  get<C extends ClassName>(cls: C, ref: Ref<C>): RecordOf<C> | undefined {
    const record = this.find(cls, ref);
    return record && typedRecord<C>(record);
  }

  need<C extends ClassName>(cls: C, ref: Ref<C>): RecordOf<C> {
    const record = this.find(cls, ref);
    if (!record) throw handleInvalid(cls, ref);
    return typedRecord<C>(record);
  }

  *all<C extends ClassName>(cls: C): IterableIterator<[Ref<C>, RecordOf<C>]> {
    for (const { layer, below } of this.#upwards) {
      const isAlone = this.#upwards.length === 1;
      for (const [ref, own] of layer.tables.get(cls)?.records ?? []) {
        // What a lower layer holds too has its place in the order there.
        if (!isAlone && isHeld(below, cls, ref)) continue;
        const record = isAlone ? own : this.find(cls, ref);
        if (record) yield [typedRef<C>(ref), typedRecord<C>(record)];
      }
    }
  }

  count(cls: ClassName): number {
    const [only, ...more] = this.#layers;
    if (more.length === 0) return only?.tables.get(cls)?.records.size ?? 0;
    return [...this.all(cls)].length;
  }

  byUuid<C extends ClassName>(cls: C, uuid: string): Ref<C> | undefined {
    return this.lookup(cls, 'uuid', uuid)[0];
  }

  byNameLabel<C extends ClassName>(cls: C, name: string): readonly Ref<C>[] {
    return this.lookup(cls, 'name_label', name);
  }

  referrers<C extends ClassName>(cls: C, field: keyof RecordOf<C> & string, target: string): readonly Ref<C>[] {
    return this.lookup(cls, field, target);
  }

  doc(namespace: string, key: string): Json | undefined {
    for (const layer of this.#layers) {
      const docs = layer.docs.get(namespace);
      if (docs?.has(key)) return docs.get(key);
    }
    return undefined;
  }

  *docs(namespace: string): IterableIterator<[string, Json]> {
    const keys = new Set(this.#layers.toReversed().flatMap(layer => [...(layer.docs.get(namespace)?.keys() ?? [])]));
    for (const key of keys) {
      const value = this.doc(namespace, key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** The index of `field`: uuid, name_label or a reference. */
  lookup<C extends ClassName>(cls: C, field: string, value: string): readonly Ref<C>[] {
    const found: Ref<C>[] = [];
    for (const { layer, above } of this.#upwards) {
      // A layer above has the say over what it holds.
      for (const ref of layer.lookup(cls, field, value)) if (!isHeld(above, cls, ref)) found.push(typedRef<C>(ref));
    }
    return found;
  }
}

interface Storey {
  readonly layer: Layer;
  readonly above: readonly Layer[];
  readonly below: readonly Layer[];
}

const isHeld = (layers: readonly Layer[], cls: ClassName, ref: string): boolean =>
  layers.some(layer => layer.tables.get(cls)?.records.has(ref) ?? false);
