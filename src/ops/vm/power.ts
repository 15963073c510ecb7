// The operations on a VM's power that need no plan: each is one request to the hypervisor, then the records.

import type { Ref } from '../../lib/brand.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { vmOperation } from '../operation.ts';
import { factsOf, recordStarted } from './running.ts';
import { releaseVm } from './release.ts';
import type { PowerState, VmOperation } from './states.ts';

/** How long a guest may take to obey. It is the guest's own time: an admin who cannot wait uses the hard form. */
const obeyTimeoutMs = 20 * 60 * 1000;

/** One operation under the VM's lock. */
export const locked = (call: Call, vm: Ref<'VM'>, op: VmOperation, body: (record: RecordOf<'VM'>) => Promise<void>): Promise<void> =>
  vmOperation(call, vm, op, record => call.services.engine.withLocks([vm], () => body(record), { signal: call.signal }));

const setPower = (call: Call, vm: Ref<'VM'>, state: PowerState): Promise<void> =>
  change(call.services.db, tx => tx.update('VM', vm, { power_state: state }));

/** Asks the guest for something and waits; a guest that does not obey in time is VM_SHUTDOWN_TIMEOUT. */
const asking = async (call: Call, vm: Ref<'VM'>, ask: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const timeout = AbortSignal.timeout(obeyTimeoutMs);
  try {
    await ask(AbortSignal.any([call.signal, timeout]));
  } catch (error) {
    const timedOut = timeout.aborted || (error instanceof DriverError && error.kind === 'timeout');
    throw timedOut ? new XenError('VM_SHUTDOWN_TIMEOUT', [vm, String(obeyTimeoutMs / 1000)], { cause: error }) : error;
  }
};

/** After a reboot the guest is a new one to all who look at its records. */
const recordReboot = async (call: Call, ref: Ref<'VM'>, uuid: string): Promise<void> => {
  const { services } = call;
  const status = await services.hypervisor.status(uuid);
  if (!status) return;
  const facts = { ...factsOf(status), startedAt: factsOf({ ...status, startedAt: new Date() }).startedAt };
  await change(services.db, tx => recordStarted(services, tx, ref, facts));
};

const pause = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  locked(call, vm, 'pause', async ({ uuid }) => {
    await call.services.hypervisor.pause(uuid);
    await setPower(call, vm, 'Paused');
  });

const unpause = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  locked(call, vm, 'unpause', async ({ uuid }) => {
    await call.services.hypervisor.unpause(uuid);
    await setPower(call, vm, 'Running');
  });

const cleanShutdown = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  locked(call, vm, 'clean_shutdown', async ({ uuid }) => {
    await asking(call, vm, signal => call.services.hypervisor.shutdown(uuid, { signal }));
    await releaseVm(call.services, vm);
  });

const cleanReboot = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  locked(call, vm, 'clean_reboot', async ({ uuid }) => {
    await asking(call, vm, signal => call.services.hypervisor.reboot(uuid, { signal }));
    await recordReboot(call, vm, uuid);
  });

/** Does not queue behind a clean shutdown that the guest ignores: destroying the guest is what ends that wait. */
const hardShutdown = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  vmOperation(call, vm, 'hard_shutdown', async ({ uuid, power_state: state }) => {
    const { services } = call;
    if (state !== 'Suspended') await services.hypervisor.destroy(uuid);
    await services.engine.withLocks([vm], () => releaseVm(services, vm));
  });

const hardReboot = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  locked(call, vm, 'hard_reboot', async ({ uuid }) => {
    const { hypervisor } = call.services;
    await hypervisor.reset(uuid);
    if ((await hypervisor.status(uuid))?.state === 'paused') await hypervisor.unpause(uuid);
    await recordReboot(call, vm, uuid);
  });

/** Asks first and then insists, as the message promises. */
const shutdown = async (call: Call, vm: Ref<'VM'>): Promise<void> => {
  const { power_state: state } = call.services.db.need('VM', vm);
  if (state === 'Halted') return;
  if (state !== 'Running') return hardShutdown(call, vm);
  try {
    await cleanShutdown(call, vm);
  } catch (error) {
    if (call.signal.aborted) throw error;
    call.log.warn('the guest did not shut down by itself; ending it', { vm, error });
    await hardShutdown(call, vm);
  }
};

/**
 * Only where no guest is left: a running one would be forgotten while it writes to its disks. The memory image of a suspended VM stays,
 * for whoever wants it back or removes it.
 */
const resetPowerState = (call: Call, vm: Ref<'VM'>): Promise<void> =>
  vmOperation(call, vm, 'power_state_reset', async record => {
    const { services } = call;
    if (record.is_control_domain) throw new XenError('CANNOT_RESET_CONTROL_DOMAIN', [vm]);
    const status = await services.hypervisor.status(record.uuid);
    if (status) throw new XenError('DOMAIN_EXISTS', [vm]);
    await services.engine.withLocks([vm], () =>
      record.power_state === 'Suspended' ? setPower(call, vm, 'Halted') : releaseVm(services, vm),
    );
  });

export const powerOps: OpsOf<'VM'> = {
  pause: (call, { vm }) => pause(call, vm),
  unpause: (call, { vm }) => unpause(call, vm),
  clean_shutdown: (call, { vm }) => cleanShutdown(call, vm),
  clean_reboot: (call, { vm }) => cleanReboot(call, vm),
  hard_shutdown: (call, { vm }) => hardShutdown(call, vm),
  hard_reboot: (call, { vm }) => hardReboot(call, vm),
  shutdown: (call, { vm }) => shutdown(call, vm),
  power_state_reset: (call, { vm }) => resetPowerState(call, vm),
};
