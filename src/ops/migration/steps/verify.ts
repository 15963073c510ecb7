// `verify`: every disk is compared with what arrived of it, byte for byte, while the guest stands still on both sides. A difference
// fails the step, and with it the migration. Not undone here: the reception closes what it shows when it is taken back, and the
// guest is not kept waiting for that.

import { DriverError } from '../../../drivers/hypervisor.ts';
import type { StepKind } from '../../../engine/types.ts';
import { srDriver } from '../../steps/volumes.ts';
import type { StepArgs } from './args.ts';
import { stepKind, type StepParts } from './kinds.ts';

type Disk = StepArgs['verify']['disks'][number];

export const verifyKinds = ({ services, journeys }: StepParts): readonly StepKind[] => [
  stepKind('verify', {
    async run(context, { address, disks }) {
      const startedMs = performance.now();
      const journey = journeys.at(address);
      const { signal } = context;
      for (const [index, disk] of disks.entries()) {
        const { from, id } = disk;
        const { target } = await journey.call('show', { id }, { signal });
        const found = await srDriver(services, from.sr).compare(from.volume, undefined, target, { tls: journey.tls, signal });
        if (!found.equal) throw difference(disk, found.firstDifferenceBytes);
        await journey.call('seal', { id }, { signal });
        context.progress({ fraction: (index + 1) / disks.length });
      }
      return { tookMs: Math.round(performance.now() - startedMs) };
    },
  }),
];

const difference = ({ name, from }: Disk, atBytes: number | undefined): DriverError => {
  const where = atBytes === undefined ? '' : `, first at byte ${atBytes}`;
  return new DriverError('failed', `disk "${name}" (${from.volume}) did not arrive as it is here${where}: the VM stays on this host`);
};
