// Hosts that come to a pool, leave it, or lost its master. The agent does these after it has answered: it waits, then starts anew.

import { isXenError } from '../../../model/error.ts';
import { nullRef } from '../../../lib/brand.ts';
import { confirmed } from '../../confirm.ts';
import type { Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';

/** How long the agent waits before it starts anew. */
export const FUSE_SECONDS = '10.000';

export const join: Handler = async ({ args, out, session: open }) => {
  const target = {
    master_address: args.text('master-address'),
    master_username: args.text('master-username'),
    master_password: args.text('master-password'),
  };
  const message = args.bool('force') ? 'pool.join_force' : 'pool.join';
  const session = await open();
  try {
    await session.call(message, target);
    out.lines([`Host agent will restart and attempt to join pool in ${FUSE_SECONDS} seconds...`]);
  } catch (error) {
    if (!isXenError(error, 'POOL_JOINING_HOST_CONNECTION_FAILED')) throw error;
    out.lines([
      'Host cannot contact destination host: connection refused.',
      'Check destination host has services running and accessible from this host.',
    ]);
  }
};

export const eject: Handler = async context => {
  const { args, out } = context;
  const session = await context.session();
  const host = await byUuid(session, 'host', args.text('host-uuid'));
  if (!args.bool('force')) {
    out.direct("WARNING: Ejecting a host from the pool will reinitialise that host's local SRs.\n");
    out.direct('WARNING: Any data contained with the local SRs will be lost.\n');
  }
  if (!(await confirmed(context))) return;
  await session.call('pool.eject', { host });
  out.lines([`Specified host will attempt to restart as a master of a new pool in ${FUSE_SECONDS} seconds...`]);
};

export const resetMaster: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  await session.call('pool.emergency_reset_master', { master_address: args.text('master-address') });
  out.lines([`Host agent will restart and become slave of the pool in ${FUSE_SECONDS} seconds...`]);
};

export const becomeMaster: Handler = async ({ args, out, session: open }) => {
  const force = args.bool('force');
  const session = await open();
  const isSlave = await session.call('pool.is_slave', { host: nullRef<'host'>() });
  if (!isSlave && !force) {
    out.lines(["Host agent is already master. Use '--force' to execute the operation anyway."]);
    return;
  }
  await session.call('pool.emergency_transition_to_master', {});
  out.lines([`Host agent will restart and transition to master in ${FUSE_SECONDS} seconds...`]);
};
