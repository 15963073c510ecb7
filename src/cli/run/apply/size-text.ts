// Sizes as people write them.

const UNITS = ['TiB', 'GiB', 'MiB', 'KiB'] as const;

export const sizeText = (bytes: number): string => {
  for (const [i, unit] of UNITS.entries()) {
    const of = 1024 ** (UNITS.length - i);
    if (bytes >= of && Number.isInteger((bytes / of) * 4)) return `${bytes / of} ${unit}`;
  }
  return `${bytes} bytes`;
};
