// The guests of a recorded pool: one is started in the simulator for each VM that was recorded as running or paused on this host, with its
// disks opened and its ports plugged. The records stay as they are.

import type { Ref } from '../../lib/brand.ts';
import type { NicAttachment } from '../../drivers/network.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';
import { ensureBridgeOf } from '../network/bridge.ts';
import { attachedDriver } from '../sr/attached.ts';
import { disksOf, guestSpec, portsOf } from '../vm/spec.ts';

const openDisks = async (services: Services, vm: RecordOf<'VM'>): Promise<ReadonlyMap<string, VolumeSource>> => {
  const sources = new Map<string, VolumeSource>();
  for (const { vbd, spec, volume } of disksOf(services.db, vm)) {
    if (volume === undefined || !services.db.need('VBD', vbd).currently_attached) continue;
    const sr = services.db.need('VDI', volume.vdi).SR;
    sources.set(spec.id, await attachedDriver(services, sr).attach(volume.id, { owner: vm.uuid, readOnly: volume.readOnly }));
  }
  return sources;
};

const plugPorts = async (services: Services, vm: RecordOf<'VM'>): Promise<ReadonlyMap<string, NicAttachment>> => {
  const attachments = new Map<string, NicAttachment>();
  for (const port of portsOf(services.db, vm)) {
    const vif = services.db.byUuid('VIF', port.id);
    if (vif === undefined || !services.db.need('VIF', vif).currently_attached) continue;
    await ensureBridgeOf(services, port.bridge);
    attachments.set(port.id, await services.network.plug(port));
  }
  return attachments;
};

const startGuest = async (services: Services, ref: Ref<'VM'>, vm: RecordOf<'VM'>): Promise<void> => {
  if (await services.hypervisor.status(vm.uuid)) return;
  const sources = await openDisks(services, vm);
  const spec = guestSpec(services.db, ref, sources, await plugPorts(services, vm));
  // A drive whose medium lies on storage that was not attached is not there.
  const disks = spec.disks.filter(disk => disk.kind === 'cd' || disk.source !== undefined);
  await services.hypervisor.start({ ...spec, disks }, { paused: vm.power_state === 'Paused', signal: new AbortController().signal });
};

/** Idempotent. What cannot be started is told in the log. */
export const startGuests = async (services: Services): Promise<void> => {
  for (const [ref, vm] of Array.from(services.db.all('VM'))) {
    const isLive = vm.power_state === 'Running' || vm.power_state === 'Paused';
    if (!isLive || vm.is_control_domain || vm.is_a_template || vm.resident_on !== services.self.host) continue;
    try {
      await startGuest(services, ref, vm);
    } catch (error) {
      services.log.warn('the guest of a recorded VM could not be made', { vm: vm.uuid, name: vm.name_label, error });
    }
  }
};
