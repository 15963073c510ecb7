// `vm-install`: a VM from a template, by clone or by copy to an SR, with its disks made as the template says.

import type { Ref } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import type { Args } from '../../args.ts';
import { callAsTask } from '../../async-call.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, defaultSr, uuidOf } from '../../lookup.ts';
import { fetchRecords, uuidOrName } from '../../records/fetch.ts';
import { firstBootFiles, giveSeed } from './first-boot.ts';

export const install: Handler = async context => {
  const { args } = context;
  const session = await context.session();
  const config = await firstBootFiles(context.args);
  const template = await templateOf(session, args);
  const sr = await srOf(session, args);
  const vm = await makeVm(context, session, template, sr);
  try {
    await describe(session, vm, args);
    await provisionOn(session, vm, sr);
    await callAsTask(context, 'VM.provision', { vm }, { title: `Making the disks of ${args.text('new-name-label')}` });
    if (config !== undefined) await giveSeed(session, vm, sr, config);
    const host = args.get('copy-bios-strings-from');
    if (host !== undefined) await session.call('VM.copy_bios_strings', { vm, host: await byUuid(session, 'host', host) });
  } catch (error) {
    await session.call('VM.destroy', { self: vm });
    throw error;
  }
  context.out.lines([await uuidOf(session, 'VM', vm)]);
};

interface Template {
  readonly ref: Ref<'VM'>;
  readonly isSnapshot: boolean;
  readonly hasDisks: boolean;
}

const templateOf = async (session: Session, args: Args): Promise<Template> => {
  const wanted = args.get('template') ?? args.get('template-uuid') ?? args.get('template-name-label') ?? args.get('template-name');
  if (wanted === undefined) {
    throw new CommandError("Template must be specified by parameter 'template-uuid', 'template-name', 'template-name-label' or 'template'");
  }
  const found = (await fetchRecords(session, 'VM', [uuidOrName(wanted)])).filter(
    ([, record]) => (record['uuid'] === wanted || record['name_label'] === wanted) && record['is_a_template'] === true,
  );
  const [first, second] = found;
  if (first === undefined) throw new CommandError('No templates matched');
  if (second !== undefined && !found.some(([, record]) => record['uuid'] === wanted))
    throw new CommandError('Multiple matching templates found');
  const [ref, record] = found.find(([, each]) => each['uuid'] === wanted) ?? first;
  return {
    ref: ref as Ref<'VM'>,
    isSnapshot: record['is_a_snapshot'] === true,
    hasDisks: Array.isArray(record['VBDs']) && record['VBDs'].length > 0,
  };
};

const srOf = async (session: Session, args: Args): Promise<Ref<'SR'> | undefined> => {
  const uuid = args.get('sr-uuid');
  if (uuid !== undefined) return await byUuid(session, 'SR', uuid);
  const name = args.get('sr-name-label');
  if (name === undefined) return undefined;
  const [first, second] = await session.call('SR.get_by_name_label', { label: name });
  if (first === undefined) throw new CommandError('No SR with that name-label found');
  if (second !== undefined) throw new CommandError('Multiple SRs with that name-label found');
  return first;
};

const makeVm = async (context: Context, session: Session, template: Template, sr: Ref<'SR'> | undefined): Promise<Ref<'VM'>> => {
  const name = context.args.text('new-name-label');
  if (sr !== undefined && template.hasDisks) {
    return (await callAsTask(context, 'VM.copy', { vm: template.ref, new_name: name, sr }, { title: `Copying to ${name}` })) as Ref<'VM'>;
  }
  return await session.call('VM.clone', { vm: template.ref, new_name: name });
};

const describe = async (session: Session, vm: Ref<'VM'>, args: Args): Promise<void> => {
  const description = args.get('new-name-description');
  await session.call('VM.set_name_description', { self: vm, value: description ?? 'Installed via xe CLI' });
};

/** The template's list of disks names no SR where the default is meant; here it gets one. */
const provisionOn = async (session: Session, vm: Ref<'VM'>, chosen: Ref<'SR'> | undefined): Promise<void> => {
  const config = await session.call('VM.get_other_config', { self: vm });
  const { disks } = config;
  if (disks === undefined || !disks.includes('<disk ')) return;
  const sr = chosen ?? (await defaultSr(session));
  const needed = chosen !== undefined || /\bsr=['"]['"]/.test(disks);
  if (!needed) return;
  if (sr === undefined) {
    throw new CommandError('Failed to find a valid default SR for the Pool. Please provide an sr-name-label or sr-uuid parameter.');
  }
  const uuid = await uuidOf(session, 'SR', sr);
  const value = disks.replaceAll(/\bsr=(['"])[^'"]*\1/g, `sr="${uuid}"`);
  await session.call('VM.remove_from_other_config', { self: vm, key: 'disks' });
  await session.call('VM.add_to_other_config', { self: vm, key: 'disks', value });
  if (chosen !== undefined) await session.call('VM.set_suspend_SR', { self: vm, value: chosen });
};
