// Sizes as people write them: a number with a suffix of powers of 1024.

const UNITS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `512`, `64 MiB`, `4g`: in bytes. Undefined for anything else, and for what is no exact number. */
export const sizeBytesOf = (text: string): number | undefined => {
  const match = /^\s*(\d+)\s*(?:([kmgt])(?:i?b)?|b|bytes)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const sizeBytes = Number(match[1]) * 1024 ** (UNITS[match[2]?.toLowerCase() ?? ''] ?? 0);
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
};
