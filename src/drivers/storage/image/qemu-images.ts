// The image work of an SR done by QEMU's own tools, as qcow2 files.

import type { Images } from '../layered/images.ts';
import { endStaleExports, openNbdExport } from './nbd-export.ts';
import { commitImage, createImage, progressReader, repairLeaks, repointImage, resizeImage, runQemuImg, syncFile } from './qemu-img.ts';
import { compareImage } from './compare.ts';
import { openImageContent } from './content.ts';
import { exportDifference, exportImage, importImage } from './exchange.ts';
import { sendImage } from './send.ts';

/** `runDir`: for sockets, pid files and certificates of transfers; this process's own. */
export const qemuImages = (runDir: string): Images => {
  let staleEnded: Promise<void> | undefined;
  return {
    create: createImage,
    resize: ({ path, format }, sizeBytes) => resizeImage(path, format, sizeBytes),
    async merge(upper, lower, options) {
      await commitImage(upper.path, lower.path, options);
      if (lower.format === 'qcow2') await repairLeaks(lower.path);
    },
    repoint: repointImage,
    async copy(source, targetPath, { signal, onFraction }) {
      const how = ['convert', '-p', '-n', '--target-is-zero', '-W', '-m', '8', '-t', 'writeback', '-f', source.format, '-O', 'qcow2'];
      await runQemuImg('copy volume', [...how, source.path, targetPath], { signal, onOutput: progressReader(onFraction) });
      await syncFile(targetPath);
      onFraction(1);
    },
    send: (source, target, options) => sendImage(source, target, options, runDir),
    compare: (source, target, options) => compareImage(source, target, options, runDir),
    openContent: request => openImageContent(request, runDir),
    exportFile: (source, file, { base, ...options }) =>
      base === undefined ? exportImage(source, file, options) : exportDifference(source, base, file.path, options),
    importFile: (file, _image, target, options) => importImage(file, target, options),
    openExport: request => openNbdExport(request, runDir),
    // Once: later exports in runDir are our own.
    endStaleExports: () => (staleEnded ??= endStaleExports(runDir)),
  };
};
