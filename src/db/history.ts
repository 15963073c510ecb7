// When each object last changed: what an event token is answered from. Objects stand in a list in the order of their last change;
// a change moves its object to the end, so that what happened since a generation is the tail of the list, however long ago others
// changed. The deleted stay as tombstones until there are too many; then the past before the oldest dropped one is unknown.

import type { Ref } from '../lib/brand.ts';
import type { ClassName } from '../model/index.ts';
import type { Change } from './db.ts';
import { type AnyRecord, typedRef } from './records.ts';

interface Node {
  readonly cls: ClassName;
  readonly ref: Ref;
  readonly created: number;
  changed: number;
  /** Of a deleted object, as it was. */
  tombstone: AnyRecord | undefined;
  previous: Node | undefined;
  next: Node | undefined;
}

const newNode = (cls: ClassName, ref: string, generation: number): Node => ({
  cls,
  ref: typedRef(ref),
  created: generation,
  changed: generation,
  tombstone: undefined,
  previous: undefined,
  next: undefined,
});

export class History {
  readonly #nodes = new Map<ClassName, Map<string, Node>>();
  readonly #maxTombstones: number;
  readonly #tombstones = new Set<Node>();
  #first: Node | undefined;
  #last: Node | undefined;
  #horizon: number;

  /** Nothing is known of what happened up to `horizon`, but everything since. */
  constructor(horizon: number, { maxTombstones = 10_000 }: { readonly maxTombstones?: number } = {}) {
    this.#horizon = horizon;
    this.#maxTombstones = maxTombstones;
  }

  changed(cls: ClassName, ref: string, generation: number): void {
    const known = this.#find(cls, ref);
    if (known) this.#unlink(known);
    if (known?.tombstone) this.#tombstones.delete(known);
    // One that comes again under its old reference begins anew.
    const node = known && !known.tombstone ? known : newNode(cls, ref, generation);
    node.changed = generation;
    this.#table(cls).set(ref, node);
    this.#append(node);
  }

  deleted(cls: ClassName, ref: string, generation: number, record: AnyRecord): void {
    const node = this.#find(cls, ref);
    if (!node) return;
    this.#unlink(node);
    node.changed = generation;
    node.tombstone = record;
    this.#append(node);
    this.#tombstones.add(node);
    for (const oldest of this.#tombstones) {
      if (this.#tombstones.size <= this.#maxTombstones) break;
      this.#horizon = Math.max(this.#horizon, oldest.changed);
      this.#table(oldest.cls).delete(oldest.ref);
      this.#tombstones.delete(oldest);
      this.#unlink(oldest);
    }
  }

  /** The generation of the last change; 0 for what does not exist. */
  generationOf(cls: ClassName, ref: string): number {
    const node = this.#find(cls, ref);
    return node && !node.tombstone ? node.changed : 0;
  }

  /** Oldest change first. Generation 0 is before everything: all objects, no deletions. Undefined when that far back is not known. */
  since(
    generation: number,
    wants: (cls: ClassName, ref: string) => boolean,
    recordOf: (cls: ClassName, ref: string) => AnyRecord | undefined,
  ): readonly Change[] | undefined {
    if (generation > 0 && generation < this.#horizon) return undefined;
    const changes: Change[] = [];
    for (let node = this.#last; node && node.changed > generation; node = node.previous) {
      const { cls, ref, created, tombstone } = node;
      // Who came and went meanwhile was never seen.
      if ((tombstone && created > generation) || !wants(cls, ref)) continue;
      const record = tombstone ?? recordOf(cls, ref);
      if (record) changes.push({ cls, ref, op: tombstone ? 'del' : created > generation ? 'add' : 'mod', record });
    }
    return changes.reverse();
  }

  #find(cls: ClassName, ref: string): Node | undefined {
    return this.#nodes.get(cls)?.get(ref);
  }

  #table(cls: ClassName): Map<string, Node> {
    const known = this.#nodes.get(cls);
    if (known) return known;
    const table = new Map<string, Node>();
    this.#nodes.set(cls, table);
    return table;
  }

  #append(node: Node): void {
    node.previous = this.#last;
    node.next = undefined;
    if (this.#last) this.#last.next = node;
    else this.#first = node;
    this.#last = node;
  }

  #unlink(node: Node): void {
    if (node.previous) node.previous.next = node.next;
    else if (this.#first === node) this.#first = node.next;
    if (node.next) node.next.previous = node.previous;
    else if (this.#last === node) this.#last = node.previous;
  }
}
