// The live part: the destination's waiting guest, the mirrors, the memory, the hand-over. Undone in any state by the driver's
// `cancel`, which gives the guest back as it was; the destination's guest is the reception's to remove.

import type { JsonObject } from '../../../lib/json.ts';
import type { SendOptions } from '../../../drivers/hypervisor.ts';
import type { StepContext, StepKind } from '../../../engine/types.ts';
import { fromJson } from '../../plan-json.ts';
import type { StepArgs } from './args.ts';
import { stepKind, type StepParts, telling } from './kinds.ts';

type Sending = StepArgs['mirror'];

export const liveKinds = (parts: StepParts): readonly StepKind[] => {
  const { services, journeys } = parts;
  const { hypervisor } = services;
  const ticketOf = (context: StepContext): JsonObject => fromJson<JsonObject>(context.results.get('receive'));
  const optionsOf = (context: StepContext, args: Sending): SendOptions => ({
    tls: journeys.at(args.address).tls,
    compression: args.compression,
    signal: context.signal,
    onProgress: telling(context),
    ...(args.bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond: args.bandwidthBytesPerSecond }),
    ...(args.downtimeLimitMs !== undefined && { downtimeLimitMs: args.downtimeLimitMs }),
  });
  const undo = async (_context: StepContext, { guest, resume }: Sending): Promise<void> => {
    if ((await hypervisor.status(guest)) !== undefined) await hypervisor.migration.cancel(guest, { resume });
  };
  return [
    stepKind('receive', {
      run: async ({ signal }, { address, guest, compression }) =>
        (await journeys.at(address).call('receive', { guest, compression }, { signal })).ticket,
    }),
    stepKind('mirror', {
      async run(context, args) {
        await hypervisor.migration.sendDisks(args.guest, ticketOf(context), { ...optionsOf(context, args), sync: 'top' });
        return null;
      },
      undo,
    }),
    stepKind('memory', {
      async run(context, args) {
        await hypervisor.migration.sendMemory(args.guest, ticketOf(context), optionsOf(context, args));
        return null;
      },
      undo,
    }),
    stepKind('handOver', {
      run: async (context, { guest }) => ({
        ...(await hypervisor.migration.handOver(guest, ticketOf(context), { signal: context.signal })),
      }),
      undo,
    }),
  ];
};
