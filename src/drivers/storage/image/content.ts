// The content of an image, open to this process: a qemu-storage-daemon of its own shows it, as for an export.

import type { Extent, VolumeContent } from '../../storage.ts';
import type { ExportRequest, ImageFile } from '../layered/images.ts';
import { extentList } from '../extents.ts';
import { openNbdContent } from './nbd-content.ts';
import { openNbdExport } from './nbd-export.ts';
import { runQemuImg } from './qemu-img.ts';
import { fileVersion } from './version.ts';

const AREA = /"start": (\d+), "length": (\d+),.*"zero": (true|false)/;

/** Where an image holds something else than zeroes, with all below it. `driver`: the format as QEMU names it. */
export const imageExtents = async (
  image: { readonly path: string; readonly driver: string },
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly Extent[]> => {
  const list = extentList();
  let rest = '';
  const onLine = (line: string): void => {
    const [, start, length, zero] = AREA.exec(line) ?? [];
    if (zero === 'false') list.add({ offsetBytes: Number(start), lengthBytes: Number(length) });
  };
  // A line each: a torn disk has more of them than one would hold at once.
  const onOutput = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  };
  await runQemuImg('read the map of a disk', ['map', '--output=json', '-f', image.driver, image.path], { signal, onOutput });
  onLine(rest);
  return list.extents;
};

export type ContentRequest = ImageFile & Pick<ExportRequest, 'name' | 'readOnly'>;

export const openImageContent = async (request: ContentRequest, runDir: string): Promise<VolumeContent> => {
  const shown = await openNbdExport({ ...request, address: 'unix' }, runDir);
  try {
    const nbd = await openNbdContent(shown.target);
    return {
      sizeBytes: nbd.sizeBytes,
      // What lies below is frozen, and the topmost image knows its names.
      version: () => fileVersion(request.path),
      extents: options => imageExtents({ path: request.path, driver: request.format }, options),
      read: (offsetBytes, lengthBytes) => nbd.read(offsetBytes, lengthBytes),
      write: (offsetBytes, bytes) => nbd.write(offsetBytes, bytes),
      async close() {
        try {
          if (!request.readOnly) await nbd.flush();
        } finally {
          nbd.close();
          await shown.close();
        }
      },
    };
  } catch (error) {
    await shown.close();
    throw error;
  }
};
