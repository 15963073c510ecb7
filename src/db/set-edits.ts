// Changes of derived sets that a transaction has yet to carry out. A set such as `SR.VDIs` may have tens of thousands of members, so
// it is made anew once per transaction (or when it is read there), not once per member.

import type { ClassName } from '../model/index.ts';

interface Edit {
  readonly added: Set<string>;
  readonly removed: Set<string>;
}

export class SetEdits {
  readonly #edits = new Map<ClassName, Map<string, Map<string, Edit>>>();

  add(cls: ClassName, ref: string, field: string, member: string): void {
    const edit = this.#edit(cls, ref, field);
    if (!edit.removed.delete(member)) edit.added.add(member);
  }

  remove(cls: ClassName, ref: string, field: string, member: string): void {
    const edit = this.#edit(cls, ref, field);
    if (!edit.added.delete(member)) edit.removed.add(member);
  }

  has(cls: ClassName, ref: string): boolean {
    return this.#edits.get(cls)?.has(ref) ?? false;
  }

  /** The edits of one object, by field; they count as carried out. */
  take(cls: ClassName, ref: string): Iterable<readonly [field: string, edit: (set: readonly string[]) => readonly string[]]> {
    const fields = this.#edits.get(cls)?.get(ref) ?? [];
    this.#edits.get(cls)?.delete(ref);
    return [...fields].map(([field, edit]) => [field, set => carryOut(edit, set)] as const);
  }

  /** Every object that has some. */
  objects(): readonly (readonly [ClassName, string])[] {
    return [...this.#edits].flatMap(([cls, refs]) => [...refs.keys()].map(ref => [cls, ref] as const));
  }

  #edit(cls: ClassName, ref: string, field: string): Edit {
    const refs = this.#edits.get(cls) ?? new Map<string, Map<string, Edit>>();
    const fields = refs.get(ref) ?? new Map<string, Edit>();
    const edit = fields.get(field) ?? { added: new Set(), removed: new Set() };
    this.#edits.set(cls, refs);
    refs.set(ref, fields);
    fields.set(field, edit);
    return edit;
  }
}

/** Always a list of its own; the newest member is the first, as clients of this API know it. */
const carryOut = ({ added, removed }: Edit, set: readonly string[]): readonly string[] =>
  [...added].reverse().concat(removed.size === 0 ? set : set.filter(member => !removed.has(member)));
