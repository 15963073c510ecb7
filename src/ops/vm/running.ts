// The records of a VM as its guest comes and goes: which fields change together, in one transaction.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { GuestStatus } from '../../drivers/hypervisor.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';
import { bootFlags } from '../host/cpu-features.ts';
import { timeText } from '../refs.ts';

/** What of a guest's status the records hold. */
export interface GuestFacts {
  readonly state: 'Running' | 'Paused';
  readonly domid: number;
  readonly startedAt: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Of the processors, when it booted just now; empty where nobody levels them. */
  readonly features?: string;
}

export const factsOf = (status: GuestStatus): GuestFacts => ({
  state: status.state === 'running' ? 'Running' : 'Paused',
  domid: status.domid,
  startedAt: timeText(new Date(status.startedAt)),
  vcpus: status.vcpus,
  memoryBytes: status.memoryBytes,
});

/** Xen's name of a device; guests on other hypervisors order their disks the same way. */
export const deviceName = (userdevice: string): string => {
  const number = Number(userdevice);
  if (!Number.isInteger(number) || number < 0) return userdevice;
  const letter = String.fromCharCode(97 + (number % 26));
  return number < 26 ? `xvd${letter}` : `xvd${String.fromCharCode(96 + Math.floor(number / 26))}${letter}`;
};

const markDevices = (tx: Tx, vm: RecordOf<'VM'>, attached: boolean): void => {
  for (const ref of vm.VBDs) {
    const vbd = tx.need('VBD', ref);
    const here = attached && (vbd.type === 'CD' || !vbd.empty);
    tx.update('VBD', ref, { currently_attached: here, device: here ? deviceName(vbd.userdevice) : '' });
  }
  for (const ref of vm.VIFs) tx.update('VIF', ref, { currently_attached: attached });
};

const consoleAddress = (services: Services, tx: Tx): string => {
  const url = services.settings.url ?? `https://${tx.get('host', services.self.host)?.address ?? 'localhost'}`;
  return `${url.replace(/\/$/, '')}/console`;
};

/** The two consoles every guest has: its screen and its serial line. Idempotent. */
export const ensureConsoles = (services: Services, tx: Tx, ref: Ref<'VM'>): void => {
  const have = new Set(tx.need('VM', ref).consoles.map(console => tx.need('console', console).protocol));
  for (const protocol of ['rfb', 'vt100'] as const) {
    if (have.has(protocol)) continue;
    const made = tx.insert('console', { protocol, VM: ref });
    tx.update('console', made, { location: `${consoleAddress(services, tx)}?uuid=${tx.need('console', made).uuid}` });
  }
};

const dropRuntime = (tx: Tx, ref: Ref<'VM'>): void => {
  const vm = tx.need('VM', ref);
  for (const console of vm.consoles) tx.delete('console', console);
  if (isNullRef(vm.guest_metrics)) return;
  if (tx.get('VM_guest_metrics', vm.guest_metrics)) tx.delete('VM_guest_metrics', vm.guest_metrics);
  tx.update('VM', ref, { guest_metrics: nullRef() });
};

const updateMetrics = (tx: Tx, vm: RecordOf<'VM'>, facts: GuestFacts): void => {
  if (!tx.get('VM_metrics', vm.metrics)) return;
  const domainType = vm.HVM_boot_policy === '' ? 'pvh' : 'hvm';
  tx.update('VM_metrics', vm.metrics, {
    memory_actual: facts.memoryBytes,
    VCPUs_number: facts.vcpus,
    start_time: facts.startedAt,
    last_updated: timeText(),
    hvm: domainType === 'hvm',
    current_domain_type: domainType,
  });
};

/** The guest of a VM runs here. Idempotent. */
export const recordStarted = (services: Services, tx: Tx, ref: Ref<'VM'>, facts: GuestFacts): void => {
  const vm = tx.need('VM', ref);
  tx.update('VM', ref, {
    power_state: facts.state,
    resident_on: services.self.host,
    scheduled_to_be_resident_on: nullRef(),
    domid: facts.domid,
    memory_target: facts.memoryBytes,
    requires_reboot: false,
    ...(facts.features !== undefined && { last_boot_CPU_flags: bootFlags(tx.need('host', services.self.host), facts.features) }),
  });
  markDevices(tx, vm, true);
  updateMetrics(tx, vm, facts);
  ensureConsoles(services, tx, ref);
};

/** The guest of a VM runs nowhere. Idempotent. `state` is `Suspended` when its memory is kept. */
export const recordStopped = (tx: Tx, ref: Ref<'VM'>, state: 'Halted' | 'Suspended'): void => {
  const vm = tx.need('VM', ref);
  tx.update('VM', ref, {
    power_state: state,
    resident_on: nullRef(),
    scheduled_to_be_resident_on: nullRef(),
    domid: -1,
    ...(state === 'Halted' ? { suspend_VDI: nullRef<'VDI'>(), memory_target: 0, requires_reboot: false } : {}),
  });
  markDevices(tx, vm, false);
  if (state === 'Halted') dropRuntime(tx, ref);
  if (tx.get('VM_metrics', vm.metrics))
    tx.update('VM_metrics', vm.metrics, { VCPUs_number: 0, memory_actual: 0, last_updated: timeText() });
};
