// Areas of a disk, told one after the other and put together: whole MiB, so that even the list of a torn disk is short.

import type { Extent } from '../storage.ts';

const UNIT_BYTES = 1024 ** 2;

/** Takes areas in rising order; overlaps and neighbours become one. */
export const extentList = (): { add(extent: Extent): void; readonly extents: readonly Extent[] } => {
  const extents: Extent[] = [];
  return {
    extents,
    add({ offsetBytes, lengthBytes }) {
      const start = Math.floor(offsetBytes / UNIT_BYTES) * UNIT_BYTES;
      const end = Math.ceil((offsetBytes + lengthBytes) / UNIT_BYTES) * UNIT_BYTES;
      const last = extents.at(-1);
      if (last === undefined || start > last.offsetBytes + last.lengthBytes) {
        extents.push({ offsetBytes: start, lengthBytes: end - start });
        return;
      }
      extents[extents.length - 1] = { ...last, lengthBytes: Math.max(end, last.offsetBytes + last.lengthBytes) - last.offsetBytes };
    },
  };
};
