// `reserve`: the destination opens a reception and both sides exchange certificates. `close`: it may forget it.

import { DriverError } from '../../../drivers/hypervisor.ts';
import type { StepKind } from '../../../engine/types.ts';
import { XenError } from '../../../model/error.ts';
import { createTlsIdentity } from '../certificates.ts';
import type { Services } from '../../context.ts';
import type { Journey } from '../journeys.ts';
import type { StepArgs } from './args.ts';
import { stepKind, type StepParts } from './kinds.ts';

/** How often a destination that cannot be reached is asked to abort or to forget; once if it is known to be lost. It aborts by itself, too. */
const FAREWELLS = 3;

export const reserveKinds = ({ services, journeys }: StepParts): readonly StepKind[] => [
  stepKind('reserve', {
    async run({ signal }, { address, layers, ...request }) {
      await assertUnchanged(services, layers);
      const journey = journeys.at(address);
      const own = await createTlsIdentity();
      const { tls } = await journey.call('open', { ...request, tls: own.offer }, { signal });
      journey.trust(own, tls);
      journey.watch();
      return null;
    },
    async undo({ log }, { address }) {
      const journey = journeys.at(address);
      try {
        await farewell(journey, async () => {
          await journey.call('abort', {});
          await journey.call('close', {});
        });
      } catch (error) {
        log.warn('the destination could not be told that the migration is off; it will find out by itself', { error });
      } finally {
        await journeys.end(address);
      }
    },
  }),
  stepKind('close', {
    async run({ log }, { address }) {
      const journey = journeys.at(address);
      try {
        await farewell(journey, () => journey.call('close', {}));
      } catch (error) {
        log.warn('the destination could not be told that the source is clean', { error });
      } finally {
        await journeys.end(address);
      }
      return null;
    },
  }),
];

async function farewell({ lost }: Journey, say: () => Promise<unknown>): Promise<void> {
  for (let left = FAREWELLS; ; left--) {
    try {
      await say();
      return;
    } catch (error) {
      const isWorthwhile = error instanceof DriverError && left > 1 && !lost.aborted;
      if (!isWorthwhile) throw error;
    }
  }
}

/** A snapshot taken since the plan was made would be left behind. */
async function assertUnchanged(services: Services, layers: StepArgs['reserve']['layers']): Promise<void> {
  for (const { sr, volume, top } of layers) {
    const info = await services.attachedSrs.get(sr)?.volume(volume);
    if (info?.layers[0] === top) continue;
    const vdi = services.db.byUuid('VDI', volume);
    throw new XenError('VDI_IN_USE', [vdi ?? volume, 'migrate_send']);
  }
}
