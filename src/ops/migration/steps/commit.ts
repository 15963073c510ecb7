// `commit`: the one moment at which the VM becomes the destination's. Whether it did is the destination's to say: asked to abort, it
// answers `aborted`, and then never runs the guest, or `committed`, and then this host never does. Until it answers, nobody runs it.

import type { StepKind } from '../../../engine/types.ts';
import { asRef } from '../../refs.ts';
import { packFamily } from '../bundle.ts';
import { identitiesOf } from '../identities.ts';
import type { JourneyAddress, Journeys } from '../journeys.ts';
import { readFamily } from '../view.ts';
import { stepKind, type StepParts } from './kinds.ts';

export const commitKinds = ({ services, journeys }: StepParts): readonly StepKind[] => [
  stepKind('commit', {
    async run({ signal }, { address, vm, run, srOf, networkOf, identities }) {
      // The records as they are now: a name given while the disks were copied travels too.
      const bundle = packFamily(services.db, readFamily(services.db, asRef(vm)), {
        srOf: new Map(Object.entries(srOf).map(([vdi, sr]) => [asRef<'VDI'>(vdi), sr])),
        networkOf: new Map(Object.entries(networkOf).map(([vif, network]) => [asRef<'VIF'>(vif), network])),
        identities: identitiesOf(identities),
      });
      const journey = journeys.at(address);
      const reply = await journey.call('commit', { bundle, run }, { signal });
      journey.arrivedAs = reply.vm;
      return reply;
    },
    settle: (_context, { address }) => ask(journeys, address),
  }),
  stepKind('poolCommit', {
    run: ({ signal }, { address, run }) => journeys.at(address).call('commit', { bundle: null, run }, { signal }),
    settle: (_context, { address }) => ask(journeys, address),
  }),
];

async function ask(journeys: Journeys, address: JourneyAddress): Promise<'done' | 'undone'> {
  const journey = journeys.at(address);
  const { outcome, vm } = await journey.call('abort', {});
  if (outcome === 'aborted') return 'undone';
  journey.arrivedAs = vm ?? undefined;
  return 'done';
}
