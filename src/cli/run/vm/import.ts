// `vm-import`: VMs of a file, of an address, or of another hypervisor.

import { NULL_REF_TEXT, type Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';
import { sendFile } from '../../transfer.ts';

const NO_UUID = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

export const run: Handler = async context => {
  const { args } = context;
  const session = await context.session();
  const srUuid = args.get('sr-uuid');
  const sr = srUuid === undefined ? (NULL_REF_TEXT as Ref<'SR'>) : await byUuid(session, 'SR', srUuid);
  const type = args.get('type') ?? 'default';
  const url = args.get('url');
  if (type !== 'default') {
    await session.call('VM.import_convert', {
      type,
      username: args.text('host-username'),
      password: args.text('host-password'),
      sr,
      remote_config: args.map('remote-config'),
    });
    return;
  }
  if (url !== undefined) {
    const vms = await session.call('VM.import', { url, sr, full_restore: args.bool('preserve'), force: args.bool('force') });
    return await tell(context, vms);
  }
  await tell(context, await fromFile(context, srUuid === undefined ? undefined : sr));
};

const fromFile = async (context: Context, sr: Ref<'SR'> | undefined): Promise<readonly string[]> => {
  const { args } = context;
  const query = {
    restore: String(args.bool('preserve')),
    force: String(args.bool('force')),
    dry_run: String(args.bool('dry-run')),
    ...(sr !== undefined && { sr_id: sr }),
    ...Object.fromEntries(Object.entries(args.map('vdi')).map(([from, to]) => [`vdi:${from}`, to])),
  };
  const path = args.bool('metadata') ? '/import_metadata' : '/import';
  const result = await sendFile(context, { path, query, title: 'Reading the VM' }, args.text('filename'));
  return result.match(/OpaqueRef:[\w-]+/g) ?? [];
};

const tell = async (context: Context, vms: readonly string[]): Promise<void> => {
  const session = await context.session();
  const uuids = await Promise.all(vms.map(vm => uuidOf(session, 'VM', vm)));
  if (uuids.length > 0) context.out.direct(`${uuids.join(',')}\n`);
  else if (context.args.bool('dry-run')) context.out.direct(`${NO_UUID}\n`);
};
