// The running guest as it is described to the destination: what was started here, with the vCPUs and the memory that it has now.

import type { GuestStatus } from '../../drivers/hypervisor.ts';
import type { Reader } from '../../db/db.ts';
import { asRef } from '../refs.ts';
import { tinyLinuxKey } from '../template/tiny-linux.ts';
import { disksOf, draftOf, portsOf } from '../vm/spec.ts';
import type { IdentityTable } from './identities.ts';
import { identitiesOf } from './identities.ts';
import type { TravellingGuest } from './protocol.ts';
import type { MigrationView } from './view.ts';

export function travellingGuest(
  db: Reader,
  view: MigrationView,
  status: GuestStatus,
  table: IdentityTable,
  networkOf: ReadonlyMap<string, string>,
): TravellingGuest {
  const { record } = view.vm;
  const { boot, cpuModel, cpuFeatures, domainType, ...draft } = draftOf(db, record);
  const identities = identitiesOf(table);
  const networks = new Map(view.vm.vifs.map(vif => [vif.record.uuid, networkOf.get(vif.ref) ?? '']));
  return {
    ...draft,
    cpuModel: cpuModel ?? null,
    cpuFeatures: cpuFeatures ?? null,
    domainType: domainType ?? null,
    boot:
      boot.kind === 'kernel'
        ? {
            kind: boot.kind,
            kernelPath: boot.kernelPath,
            args: boot.args,
            ...(boot.ramdiskPath !== undefined && { ramdiskPath: boot.ramdiskPath }),
          }
        : boot,
    bootsBuiltIn: record.other_config[tinyLinuxKey] === 'true',
    vcpusAtStartup: status.vcpus,
    memoryTargetBytes: status.memoryBytes,
    disks: disksOf(db, record).map(({ spec, volume }) => ({
      ...spec,
      volume: volume && view.disks.has(volume.vdi) ? identities.volumeId(volume.id) : null,
      medium: volume && view.media.has(asRef<'VDI'>(volume.vdi)) ? volume.id : null,
    })),
    nics: portsOf(db, record).map(({ vmId: _vm, bridge: _bridge, rateKbps, ...port }) => ({
      ...port,
      id: identities.deviceUuid(port.id),
      mac: identities.mac(port.mac),
      network: networks.get(port.id) ?? '',
      rateKbps: rateKbps ?? null,
    })),
  };
}
