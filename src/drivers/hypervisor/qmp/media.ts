// The medium of an emulated CD drive, exchanged while the guest runs.

import { DriverError, type DiskSpec } from '../../hypervisor.ts';
import { addNode, diskState, sweepNodes } from './blocks.ts';
import type { QmpGuest } from './guest.ts';
import { nodeName, openVolume } from './nodes.ts';

/** Idempotent. `source` absent ejects. Rejects with `unsupported` for what is no drive. */
export const exchangeMedium = async (guest: QmpGuest, diskId: string, source: DiskSpec['source']): Promise<void> => {
  const { device, kind, node } = await diskState(guest, diskId);
  if (kind !== 'cd') throw new DriverError('unsupported', `disk ${diskId} has no exchangeable medium`);
  if (source !== undefined && node === nodeName(diskId, source.path)) return;
  const { monitor } = guest;
  if (source !== undefined) await addNode(guest, openVolume(diskId, source, { readOnly: true, below: 'chain' }));
  await monitor.execute('blockdev-open-tray', { id: device, force: true });
  if (node !== undefined) await monitor.execute('blockdev-remove-medium', { id: device });
  if (source !== undefined) await monitor.execute('blockdev-insert-medium', { id: device, 'node-name': nodeName(diskId, source.path) });
  await monitor.execute('blockdev-close-tray', { id: device });
  await sweepNodes(guest, diskId);
};
