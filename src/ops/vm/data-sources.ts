// What can be measured of a running guest, read from the hypervisor when asked.

import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';

type DataSource = RecordOf<'data_source'>;

const source = (name: string, description: string, units: string, value: number): DataSource => ({
  name_label: name,
  name_description: description,
  enabled: true,
  standard: true,
  units,
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  value,
});

/** Empty for a VM that does not run here. */
export const vmDataSources = async (services: Services, ref: Ref<'VM'>): Promise<readonly DataSource[]> => {
  const vm = services.db.need('VM', ref);
  if (vm.power_state !== 'Running' || vm.is_control_domain) return [];
  const stats = await services.hypervisor.stats(vm.uuid);
  return [
    source('memory', 'Memory allocated to the guest', 'B', stats.memoryBytes),
    ...stats.vcpuSeconds.map((seconds, i) => source(`cpu${i}_seconds`, `CPU time used by vCPU ${i} since the start`, 's', seconds)),
    ...Object.entries(stats.disks).flatMap(([id, disk]) => [
      source(`vbd_${id}_read_total`, `Bytes read from disk ${id} since the start`, 'B', disk.readBytes),
      source(`vbd_${id}_write_total`, `Bytes written to disk ${id} since the start`, 'B', disk.writtenBytes),
    ]),
    ...Object.entries(stats.nics).flatMap(([id, nic]) => [
      source(`vif_${id}_rx_total`, `Bytes received by interface ${id} since the start`, 'B', nic.receivedBytes),
      source(`vif_${id}_tx_total`, `Bytes sent by interface ${id} since the start`, 'B', nic.sentBytes),
    ]),
  ];
};
