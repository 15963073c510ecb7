// Checks of the VM itself: its state, what its owner forbade, and hardware that cannot be taken along.

import { badPowerState, powerStates, refusal } from '../../vm/states.ts';
import { type Blocker, called, say, type VmCheck, type VmContext } from './blocker.ts';
import { isLive } from '../view.ts';

const one = (
  { view }: VmContext,
  condition: boolean,
  code: string,
  params: readonly string[],
  cause: string,
  fix: string,
): readonly Blocker[] => (condition ? [{ code, params, objects: [called('VM', view.vm)], cause, fix }] : []);

/** Snapshots, built-in templates and control domains stay, whatever their state. */
const kind: VmCheck = context => {
  const { ref, record } = context.view.vm;
  const idle = { ...record, power_state: 'Halted', blocked_operations: {}, current_operations: {} } as const;
  const no = refusal(ref, idle, 'migrate_send');
  if (no === undefined) return [];
  const what = record.is_a_snapshot
    ? 'a snapshot; snapshots travel with their VM'
    : record.is_control_domain
      ? 'the control domain of its host'
      : 'a built-in template';
  const cause = `${say(called('VM', context.view.vm))} is ${what}.`;
  return one(context, true, no.code, no.params, cause, 'choose another VM: xcp vm-list is-control-domain=false');
};

const power: VmCheck = context => {
  const { view, args } = context;
  const { ref, record } = view.vm;
  const name = say(called('VM', view.vm));
  const state = record.power_state.toLowerCase();
  if (!powerStates.migrate_send.includes(record.power_state)) {
    const no = badPowerState(ref, powerStates.migrate_send, record.power_state);
    return one(context, true, no.code, no.params, `${name} is ${state}.`, `xcp vm-unpause uuid=${record.uuid}`);
  }
  if (args.options.copy && record.power_state !== 'Halted') {
    const cause = `${name} is ${state}; only a halted VM can be copied to another host.`;
    return one(context, true, 'VM_BAD_POWER_STATE', [ref, 'halted', state], cause, `xcp vm-shutdown uuid=${record.uuid}`);
  }
  if (isLive(view) && !args.live) {
    const cause = `${name} is ${state}, and a live migration was not asked for.`;
    return one(context, true, 'VM_BAD_POWER_STATE', [ref, 'halted', state], cause, `xcp vm-migrate uuid=${record.uuid} live=true …`);
  }
  return [];
};

const permission: VmCheck = context => {
  const { ref, record } = context.view.vm;
  const name = say(called('VM', context.view.vm));
  const blocked = record.blocked_operations['migrate_send'];
  const unblock = `xcp vm-param-remove uuid=${record.uuid} param-name=blocked-operations param-key=migrate_send`;
  // The operation that asks is itself among them once it was admitted.
  const others = Object.entries(record.current_operations).filter(
    ([, operation]) => !(context.args.admitted && operation === 'migrate_send'),
  );
  return [
    ...one(
      context,
      blocked !== undefined,
      'OPERATION_BLOCKED',
      [ref, blocked ?? ''],
      `The owner of ${name} blocked its migration.`,
      unblock,
    ),
    ...others.flatMap(([task, operation]) =>
      one(
        context,
        true,
        'OTHER_OPERATION_IN_PROGRESS',
        ['VM', ref, operation, task],
        `${name} is busy: ${operation.replaceAll('_', ' ')} is under way.`,
        'wait until it ends, or cancel it: xcp task-list; xcp task-cancel uuid=…',
      ),
    ),
  ];
};

const hardware: VmCheck = context => {
  const { view } = context;
  const { ref, record } = view.vm;
  const name = say(called('VM', view.vm));
  const shutDown = `xcp vm-shutdown uuid=${record.uuid}`;
  const hasPci = record.attached_PCIs.length > 0 || (record.other_config['pci'] ?? '') !== '';
  const detach = `${shutDown} && xcp vm-param-remove uuid=${record.uuid} param-name=other-config param-key=pci`;
  return [
    ...one(context, hasPci, 'VM_HAS_PCI_ATTACHED', [ref], `${name} has a PCI device of this host passed through.`, detach),
    ...one(
      context,
      record.VGPUs.length > 0,
      'VM_HAS_VGPU',
      [ref],
      `${name} has a virtual GPU.`,
      `xcp vgpu-list vm-uuid=${record.uuid}; xcp vgpu-destroy uuid=…`,
    ),
    ...one(
      context,
      record.VUSBs.length > 0,
      'VM_HAS_VUSBS',
      [ref],
      `${name} has a USB device of this host.`,
      `xcp vusb-list vm-uuid=${record.uuid}; xcp vusb-destroy uuid=…`,
    ),
    ...one(
      context,
      record.VTPMs.length > 0,
      'OPERATION_NOT_ALLOWED',
      ['The VM has a virtual TPM, whose state does not travel'],
      `${name} has a virtual TPM, whose state does not travel.`,
      `xcp vtpm-list vm-uuid=${record.uuid}; xcp vtpm-destroy uuid=…`,
    ),
  ];
};

const protection: VmCheck = context => {
  const { view } = context;
  const { ref, record } = view.vm;
  const isProtected = view.poolHasHa && record.ha_restart_priority !== '' && !context.args.options.force;
  const cause = `High availability protects ${say(called('VM', view.vm))} in this pool and would start it again here.`;
  return one(context, isProtected, 'VM_IS_PROTECTED', [ref], cause, `xcp vm-param-set uuid=${record.uuid} ha-restart-priority=`);
};

export const vmChecks: readonly VmCheck[] = [kind, power, permission, hardware, protection];
