// SR.probe and probe_ext: what storage is there, before an SR is made or introduced.

import type { SrProbe } from '../../drivers/storage.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Call, OpsOf } from '../context.ts';
import { mapped } from '../errors.ts';
import { driverOfType } from './create.ts';

const probe = (call: Call, type: string, deviceConfig: Readonly<Record<string, string>>): Promise<readonly SrProbe[]> => {
  const driver = driverOfType(call.services, type);
  return mapped({ sr: type }, () => driver.probe(deviceConfig));
};

const resultOf = ({ configuration, complete, sr }: SrProbe): RecordOf<'probe_result'> => ({
  configuration,
  complete,
  sr: sr && {
    uuid: sr.id,
    name_label: sr.name,
    name_description: '',
    free_space: sr.freeBytes,
    total_space: sr.totalBytes,
    clustered: false,
    health: 'healthy',
  },
  extra_info: {},
});

const escaped = (text: string): string => text.replace(/[&<>]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char);

/** The list of found SRs as the older call answers it. */
const xmlOf = (probes: readonly SrProbe[]): string => {
  const found = probes.flatMap(({ sr }) => (sr ? [sr] : []));
  const each = found.map(
    sr => `<SR><UUID>${escaped(sr.id)}</UUID><name_label>${escaped(sr.name)}</name_label><size>${sr.totalBytes}</size></SR>`,
  );
  return `<?xml version="1.0" ?><SRlist>${each.join('')}</SRlist>`;
};

export const probeOps: OpsOf<'SR'> = {
  probe: async (call, { type, device_config: config }) => xmlOf(await probe(call, type, config)),
  probe_ext: async (call, { type, device_config: config }) => (await probe(call, type, config)).map(resultOf),
};
