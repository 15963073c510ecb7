// Many items, a few at a time, each begun when one before it has ended.

/** Does `work` for each item in order, at most `atATime` at once. Rejects with the first failure; what is under way then goes on. */
export const inTurn = async <T>(items: Iterable<T>, atATime: number, work: (item: T, index: number) => Promise<unknown>): Promise<void> => {
  const queue = [...items].entries();
  const worker = async (): Promise<void> => {
    // One iterator for all: whoever asks takes the next item.
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
};
