// `vm-migrate`: within the pool, or to another pool with the VM's disks when a `remote-…`, `vdi:` or `vif:` parameter says so.

import type { Ref } from '../../../lib/brand.ts';
import { callAsTask } from '../../async-call.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { hostByName } from '../../lookup.ts';
import { withMessages } from '../../messages.ts';
import { forEach, select } from '../../selectors.ts';

const STORAGE_KEYS = ['remote-master', 'remote-username', 'remote-password', 'remote-network', 'vif', 'vdi', 'vgpu', 'image-format'];

export const migrate: Handler = async context => {
  const withStorage = context.args.list.some(([key]) => STORAGE_KEYS.some(prefix => key.startsWith(prefix)));
  if (!withStorage) return await (context.args.bool('dry-run') ? checkInPool(context) : migrateInPool(context));
  const { migrateWithStorage } = await import('./migrate-storage.ts');
  return await migrateWithStorage(context);
};

const checkInPool = async (context: Context): Promise<number | void> => {
  needDestination(context);
  const { dryRunOf } = await import('../own/dry-run.ts');
  return await dryRunOf(context.command)(context);
};

const needDestination = ({ args }: Context): string => {
  const name = args.get('host') ?? args.get('host-uuid') ?? args.get('host-name');
  if (name === undefined) throw new CommandError('No destination host specified: give host=<name or uuid>');
  return name;
};

const migrateInPool = async (context: Context): Promise<number> => {
  const session = await context.session();
  const chosen = await select(context);
  const host = await hostByName(session, needDestination(context));
  const options = migrationOptions(context);
  return await forEach(context, chosen, async item => {
    const vm = item.ref as Ref<'VM'>;
    await withMessages(context, item, async () => {
      await callAsTask(context, 'VM.pool_migrate', { vm, host, options }, { title: `Moving ${String(item.record['name_label'])}` });
    });
  });
};

/** What both ways of moving take: force, live, copy, compression, verification, and limits of bandwidth and pause. */
export const migrationOptions = ({ args }: Context): Readonly<Record<string, string>> => ({
  force: String(args.bool('force')),
  live: String(args.bool('live')),
  copy: String(args.bool('copy')),
  ...(args.has('compress') ? { compress: String(args.bool('compress')) } : {}),
  ...(args.has('verify') ? { verify: String(args.bool('verify')) } : {}),
  ...(args.has('bandwidth') ? { bandwidth: String(args.bytes('bandwidth')) } : {}),
  ...(args.has('downtime') ? { downtime: String(args.int('downtime')) } : {}),
});
