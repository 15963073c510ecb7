// Chains are kept short: a layer that is seen only through the one above it gets that one's content, and the upper goes away.
//
//   candidate ─mark (begun)→ copying ─all content is below→ mark (complete) ─users of upper moved to lower→ upper deleted
//
// In the background, one at a time, only where nobody has the layers open. `yieldTo` ends a copy at once for someone who wants to open
// them: through the upper layer the content is right at each moment. After a crash the mark says where to go on.
// Disks of running guests are merged by the hypervisor, not here.

import { isLayerOpen } from './access.ts';
import type { MergeMark } from './directory.ts';
import { chainOf, childrenOf, type LayerName, type Merge, merges } from './graph.ts';
import { formatOf } from './record.ts';
import type { SrState } from './state.ts';

class Preempted extends Error {
  override readonly name = 'Preempted';
}

export class Coalescer {
  readonly #state: SrState;
  #running: Promise<void> | undefined;
  #current: { readonly merge: Merge; readonly abort: AbortController } | undefined;
  #again = false;
  #closed = false;

  constructor(state: SrState) {
    this.#state = state;
  }

  /** Looks for work, soon and in the background. */
  kick(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when there is nothing left to do. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Ends a merge that touches the chain of `top`, and resolves when its files are closed. Under the SR's lock no new one begins. */
  async yieldTo(top: string): Promise<void> {
    const current = this.#current;
    if (!current || !chainOf(this.#state.layers, top).some(name => name === current.merge.upper || name === current.merge.lower)) return;
    const ended = Promise.withResolvers<void>();
    this.#onEnd.push(ended.resolve);
    current.abort.abort(new Preempted('someone wants to open the layers'));
    await ended.promise;
  }
  readonly #onEnd: (() => void)[] = [];

  async close(): Promise<void> {
    this.#closed = true;
    this.#again = false;
    this.#current?.abort.abort(new Preempted('the storage repository is let go of'));
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      const tried = new Set<string>();
      for (let merge = await this.#next(tried); merge !== undefined; merge = await this.#next(tried)) {
        // Each is tried once in a round: what could not be merged now may be when something has changed.
        tried.add(merge.upper);
        try {
          await this.#merge(merge);
        } catch (error) {
          if (!(error instanceof Preempted)) this.#state.log.warn('Two layers could not be merged', { ...merge, reason: String(error) });
        }
      }
    }
  }

  /** Chooses the next merge and marks it, in one step with the SR's other changes. */
  #next(tried: ReadonlySet<string>): Promise<Merge | undefined> {
    const state = this.#state;
    return state.exclusive('choose layers to merge', async () => {
      if (this.#closed || !state.sound) return undefined;
      const begun = [...state.merges.values()].filter(mark => mark.complete);
      const merge = [...begun, ...merges(state.layers, state.roots())].find(
        ({ upper, lower }) =>
          !tried.has(upper) &&
          formatOf(upper) === 'qcow2' &&
          !state.isPinned(upper) &&
          !state.isPinned(lower) &&
          !isLayerOpen(state, upper),
      );
      if (!merge) return undefined;
      if (!state.merges.has(merge.upper)) await this.#mark({ upper: merge.upper, lower: merge.lower, complete: false });
      this.#current = { merge, abort: new AbortController() };
      return merge;
    });
  }

  async #mark(mark: MergeMark): Promise<void> {
    await this.#state.directory.writeMerge(mark);
    this.#state.merges.set(mark.upper, mark);
  }

  async #merge({ upper, lower }: Merge): Promise<void> {
    const state = this.#state;
    try {
      const signal = this.#current?.abort.signal;
      if (state.merges.get(upper)?.complete !== true)
        await state.images.merge(state.file(upper), state.file(lower), signal ? { signal } : {});
      signal?.throwIfAborted();
    } finally {
      this.#current = undefined;
      for (const resolve of this.#onEnd.splice(0)) resolve();
    }
    await state.exclusive('finish merging layers', () => this.#finish(upper, lower));
  }

  /** Moves all that rests on `upper` to `lower`, which reads the same now. */
  async #finish(upper: LayerName, lower: LayerName): Promise<void> {
    const state = this.#state;
    const mark = state.merges.get(upper);
    // Opened, and maybe written to, between the copy and this lock: then it is done again later.
    if (!mark || !state.layers.has(upper) || isLayerOpen(state, upper)) return;
    state.layers.set(lower, await state.directory.readLayer(lower));
    const writable = [...state.volumes.values()].find(volume => volume.top === upper && !volume.isSnapshot);
    if (writable && mark.complete) {
      // A left-over mark: the volume may have been written to since, so nothing follows from it any more.
      await this.#forget(upper);
    } else if (writable) {
      // A writable volume has its top alone: one durable write moves it.
      await state.save({ ...writable, top: lower });
    } else {
      await this.#moveFrozen(upper, lower);
    }
    await state.collect();
  }

  /** A frozen layer never changes, so its users can be moved one after another, across crashes. */
  async #moveFrozen(upper: LayerName, lower: LayerName): Promise<void> {
    const state = this.#state;
    await this.#mark({ upper, lower, complete: true });
    for (const child of childrenOf(state.layers, upper)) {
      await state.images.repoint(state.directory.layerPath(child), { name: lower, format: formatOf(lower) });
      state.layers.set(child, await state.directory.readLayer(child));
    }
    for (const volume of state.volumes.values()) if (volume.top === upper) await state.save({ ...volume, top: lower });
  }

  async #forget(upper: LayerName): Promise<void> {
    await this.#state.directory.forgetMerge(upper);
    this.#state.merges.delete(upper);
  }
}
