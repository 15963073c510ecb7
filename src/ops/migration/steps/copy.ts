// `copy`: one layer arrives at the destination as the top of a volume made for it there. Frozen layers only, so the guest does not
// feel it and nothing is sent twice. Results in how much was sent. Not undone here: the reception drops what it made.

import type { StepKind } from '../../../engine/types.ts';
import { srDriver } from '../../steps/volumes.ts';
import { stepKind, type StepParts } from './kinds.ts';

export const copyKinds = ({ services, journeys }: StepParts): readonly StepKind[] => [
  stepKind('copy', {
    async run(context, { address, volume, from, sends, bandwidthBytesPerSecond }) {
      const journey = journeys.at(address);
      const { signal } = context;
      const { target } = await journey.call('volume', volume, { signal });
      if (target === null) return { bytes: 0 };
      let bytes = 0;
      const source = srDriver(services, from.sr);
      for (const [index, { layer, what }] of sends.entries()) {
        await source.send(from.volume, layer, target, {
          what,
          tls: journey.tls,
          signal,
          ...(bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond }),
          onProgress: ({ doneBytes, totalBytes }) => {
            const part = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
            bytes = Math.max(bytes, doneBytes);
            context.progress({ fraction: (index + part) / sends.length, doneBytes, totalBytes });
          },
        });
      }
      await journey.call('seal', { id: volume.id }, { signal });
      return { bytes };
    },
  }),
];
