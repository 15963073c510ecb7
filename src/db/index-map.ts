// Which objects have a value: value → references, in the order they came. Most values have one object, so one is held without a set.

const NOTHING: readonly string[] = Object.freeze([]);

export class IndexMap {
  readonly #refs = new Map<string, string | Set<string>>();

  add(value: string, ref: string): void {
    const held = this.#refs.get(value);
    if (held === undefined) this.#refs.set(value, ref);
    else if (typeof held !== 'string') held.add(ref);
    else if (held !== ref) this.#refs.set(value, new Set([held, ref]));
  }

  delete(value: string, ref: string): void {
    const held = this.#refs.get(value);
    if (held === ref) this.#refs.delete(value);
    else if (typeof held === 'object' && held.delete(ref) && held.size === 0) this.#refs.delete(value);
  }

  get(value: string): Iterable<string> {
    const held = this.#refs.get(value);
    if (held === undefined) return NOTHING;
    return typeof held === 'string' ? [held] : held;
  }
}
