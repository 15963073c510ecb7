// "Did you mean": words that differ from another by a few letters.

const MAX_DISTANCE = 3;
const MAX_SUGGESTIONS = 3;

/** Those of `words` that are near `name`, the nearest first. In a short word few letters may differ. */
export const nearest = (name: string, words: Iterable<string>): readonly string[] => {
  const limit = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(name.length / 2)));
  return [...new Set(words)]
    .map(each => ({ each, distance: editDistance(name, each) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ each }) => each);
};

/** Insertions, deletions and replacements between two texts. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, charA] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, charB] of b.split('').entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (charA === charB ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
