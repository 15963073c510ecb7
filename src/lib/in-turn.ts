// Many items, a few at a time, each begun when one before it has ended.

/**
 * Does `work` for each item, begun in order, at most `atATime` at once; gives what it gave, in that order. Rejects with the first failure; what is
 * under way then goes on.
 */
export const inTurn = async <T, R>(
  items: Iterable<T>,
  atATime: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> => {
  const queue = [...items].entries();
  const results: R[] = [];
  const worker = async (): Promise<void> => {
    // One iterator for all: whoever asks takes the next item.
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
};
