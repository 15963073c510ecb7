// Virtual machines: made from their template, with their disks and interfaces, and brought into the power state that is declared. What
// takes a halted VM is refused before anything is done, unless the file itself halts it.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { RecordOf } from '../../../model/index.ts';
import type { Doing } from './perform.ts';
import { addChanges, change, type Part, type Planning, setting, someKeys, wholeSet, wrong } from './plan.ts';
import type { DeclaredVm } from './schema.ts';
import { sizeText } from './size-text.ts';
import type { Found } from './state.ts';
import { diskParts, hasDefaultSr } from './vm-disks.ts';
import { nicParts } from './vm-nics.ts';

type Vm = RecordOf<'VM'>;

export const planVms = (planning: Planning, declared: readonly DeclaredVm[]): void => {
  const seen = new Set<string>();
  for (const vm of declared) {
    if (seen.has(vm.name)) wrong(planning, vm.at('name'), `the VM ${vm.name} is declared twice`);
    else planVm(planning, vm);
    seen.add(vm.name);
  }
};

const planVm = (planning: Planning, declared: DeclaredVm): void => {
  const { name } = declared;
  const found = planning.state
    .all('VM')
    .filter(([, vm]) => vm.name_label === name && !vm.is_a_template && !vm.is_a_snapshot && !vm.is_control_domain);
  const [first, second] = found;
  if (second !== undefined)
    return wrong(planning, declared.at('name'), `${found.length} VMs are called ${name}: ${found.map(([, { uuid }]) => uuid).join(', ')}`);
  if (first === undefined) create(planning, declared);
  else compare(planning, declared, first);
};

const compare = (planning: Planning, declared: DeclaredVm, found: Found<'VM'>): void => {
  const [ref, vm] = found;
  const power = powerParts(planning, declared, vm.power_state);
  if (power === undefined) return;
  // Halted first, so that the rest can be done; started last, with all of it.
  const halted = vm.power_state === 'Halted' || declared.power === 'halted';
  const parts = settings(declared, vm);
  for (const part of parts) {
    if (part.needsHalted && part.changes.length > 0 && !halted)
      wrong(
        planning,
        declared.at(part.field),
        `the VM ${declared.name} is ${vm.power_state.toLowerCase()}: ${part.field} is changed only while it is halted`,
      );
  }
  const devices = [...diskParts(planning, declared, found, halted), ...nicParts(planning, declared, found)];
  addChanges(planning, { phase: 'VM', name: declared.name, ref }, [...power.before, ...parts, ...devices, ...power.after]);
};

interface VmPart extends Part {
  readonly field: 'description' | 'memory' | 'vcpus' | 'boot-order' | 'platform' | 'tags' | 'other-config';
  readonly needsHalted: boolean;
}

const settings = (declared: DeclaredVm, vm: Vm): readonly VmPart[] => [
  {
    ...setting('description', { from: vm.name_description, to: declared.description }, 'VM.set_name_description'),
    field: 'description',
    needsHalted: false,
  },
  { ...memoryPart(declared, vm), field: 'memory', needsHalted: true },
  { ...vcpusPart(declared, vm), field: 'vcpus', needsHalted: true },
  {
    ...bootPart(declared, vm),
    field: 'boot-order',
    needsHalted: false,
  },
  { ...someKeys('platform', vm.platform, declared.platform, { cls: 'VM', field: 'platform' }), field: 'platform', needsHalted: false },
  { ...wholeSet('tags', vm.tags, declared.tags, 'VM.set_tags'), field: 'tags', needsHalted: false },
  {
    ...someKeys('other-config', vm.other_config, declared['other-config'], { cls: 'VM', field: 'other_config' }),
    field: 'other-config',
    needsHalted: false,
  },
];

const memoryPart = ({ memory }: DeclaredVm, vm: Vm): Part => {
  const limits = [vm.memory_static_max, vm.memory_dynamic_min, vm.memory_dynamic_max].map(Number);
  const same = memory === undefined || limits.every(limit => limit === memory);
  return {
    changes: same ? [] : [change('memory', sizeText(limits[0] ?? 0), sizeText(memory))],
    run: async ({ session }, ref) => {
      if (memory === undefined) return;
      const lowest = Math.min(Number(vm.memory_static_min), memory);
      await session.raw('VM.set_memory_limits', [ref, lowest, memory, memory, memory]);
    },
  };
};

const vcpusPart = ({ vcpus }: DeclaredVm, vm: Vm): Part => {
  const [most, first] = [Number(vm.VCPUs_max), Number(vm.VCPUs_at_startup)];
  const same = vcpus === undefined || (most === vcpus && first === vcpus);
  return {
    changes: same ? [] : [change('vcpus', most, vcpus)],
    run: async ({ session }, ref) => {
      if (vcpus === undefined) return;
      // The number at the start is never above the maximum.
      const setters = ['VM.set_VCPUs_max', 'VM.set_VCPUs_at_startup'];
      for (const setter of vcpus > most ? setters : setters.toReversed()) await session.raw(setter, [ref, vcpus]);
    },
  };
};

const bootPart = (declared: DeclaredVm, vm: Vm): Part => {
  const order = declared['boot-order'];
  const now = vm.HVM_boot_params['order'];
  return {
    changes: order === undefined || order === now ? [] : [change('boot-order', now, order)],
    run: async ({ session }, ref) => {
      await session.raw('VM.set_HVM_boot_params', [ref, { ...vm.HVM_boot_params, order }]);
    },
  };
};

interface Power {
  readonly before: readonly Part[];
  readonly after: readonly Part[];
}

/** Undefined if it cannot be brought there; that is told here. */
const powerParts = (planning: Planning, declared: DeclaredVm, now: Vm['power_state']): Power | undefined => {
  const { power } = declared;
  const part = (to: string, run: (doing: Doing, ref: string) => Promise<unknown>): Part => ({
    changes: [change('power', now.toLowerCase(), to)],
    run: async (doing, ref) => void (await run(doing, ref)),
  });
  if (power === undefined || power === now.toLowerCase()) return { before: [], after: [] };
  if (power === 'running') {
    if (now === 'Paused') return { before: [], after: [part(power, ({ session }, ref) => session.raw('VM.unpause', [ref]))] };
    if (now === 'Suspended') return { before: [], after: [part(power, ({ task }, ref) => task('VM.resume', [ref, false, false]))] };
    return { before: [], after: [part(power, ({ task }, ref) => task('VM.start', [ref, false, false]))] };
  }
  if (now === 'Running') return { before: [part(power, ({ task }, ref) => task('VM.clean_shutdown', [ref]))], after: [] };
  wrong(planning, declared.at('power'), `the VM ${declared.name} is ${now.toLowerCase()}: only a running one is shut down cleanly`);
  return undefined;
};

const create = (planning: Planning, declared: DeclaredVm): void => {
  const template = templateFor(planning, declared);
  if (template === undefined) return;
  const [, record] = template;
  const disks = diskParts(planning, declared, template, true);
  const nics = nicParts(planning, declared, template);
  if (declared.disks === undefined && /<disk /.test(record.other_config['disks'] ?? '') && !hasDefaultSr(planning))
    wrong(
      planning,
      declared.at('template'),
      'the template makes disks, and the pool has no default SR: declare disks with their SR, or an SR as default',
    );
  const parts = [...settings(declared, record), ...disks, ...nics];
  planning.steps.push({
    phase: 'VM',
    name: declared.name,
    action: 'create',
    changes: [
      change('template', undefined, record.name_label),
      ...parts.flatMap(part => part.changes).map(({ field, to }) => change(field, undefined, to)),
      ...(declared.power === undefined ? [] : [change('power', undefined, declared.power)]),
    ],
    run: doing => make(doing, declared, template, parts),
  });
};

const templateFor = (planning: Planning, declared: DeclaredVm): Found<'VM'> | undefined => {
  const wanted = declared.template;
  const found = planning.state
    .all('VM')
    .filter(([, vm]) => vm.is_a_template && !vm.is_a_snapshot && (vm.name_label === wanted || vm.uuid === wanted));
  const [first, second] = found;
  if (first === undefined) wrong(planning, declared.at('template'), `there is no template called ${wanted}: see xcp template-list`);
  else if (second !== undefined)
    wrong(
      planning,
      declared.at('template'),
      `${found.length} templates are called ${wanted}: give the uuid of one: ${found.map(([, { uuid }]) => uuid).join(', ')}`,
    );
  else return first;
  return undefined;
};

/** A VM that fails on its way is taken away again, with the disks that were made for it. */
const make = async (doing: Doing, declared: DeclaredVm, [template, record]: Found<'VM'>, parts: readonly Part[]): Promise<void> => {
  const { session } = doing;
  const vm = await session.call('VM.clone', { vm: template, new_name: declared.name });
  try {
    if (declared.description === undefined) await session.call('VM.set_name_description', { self: vm, value: '' });
    await disksOfTemplate(doing, vm, declared, record);
    await doing.task('VM.provision', [vm]);
    for (const part of parts) if (part.changes.length > 0) await part.run(doing, vm);
  } catch (error) {
    await undo(doing, vm);
    throw error;
  }
  if (declared.power === 'running') await doing.task('VM.start', [vm, false, false]);
};

/** Disks that are declared take the place of those that the template describes; the others go to the default SR. */
const disksOfTemplate = async ({ session }: Doing, vm: Ref<'VM'>, declared: DeclaredVm, { other_config: { disks } }: Vm): Promise<void> => {
  if (disks === undefined) return;
  await session.call('VM.remove_from_other_config', { self: vm, key: 'disks' });
  if (declared.disks !== undefined) return;
  const [pool] = await session.call('pool.get_all', {});
  const sr = pool === undefined ? undefined : await session.call('pool.get_default_SR', { self: pool });
  const uuid = sr === undefined || isNullRef(sr) ? '' : await session.call('SR.get_uuid', { self: sr });
  const value = disks.replaceAll(/\bsr=(['"])\1/g, `sr="${uuid}"`);
  await session.call('VM.add_to_other_config', { self: vm, key: 'disks', value });
};

const undo = async ({ session }: Doing, vm: Ref<'VM'>): Promise<void> => {
  for (const vbd of await session.call('VM.get_VBDs', { self: vm })) {
    const vdi = await session.call('VBD.get_VDI', { self: vbd });
    if (!isNullRef(vdi)) await session.call('VDI.destroy', { self: vdi });
  }
  await session.call('VM.destroy', { self: vm });
};
