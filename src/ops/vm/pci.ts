// The PCI devices of the host that a VM gets, as `other_config:pci` names them: `<place>/<address>`, a comma, the next one. The places say their order.

import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';

const ENTRY = /^(?<place>\d{1,3})\/(?<address>[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])$/i;

/** Addresses in order, `0000:03:00.0`. Throws INVALID_VALUE for what is none. */
export const pciOf = ({ other_config }: Pick<RecordOf<'VM'>, 'other_config'>): readonly string[] => {
  const text = other_config['pci'] ?? '';
  if (text.trim() === '') return [];
  const devices = text.split(',').map(entry => {
    const found = ENTRY.exec(entry.trim())?.groups;
    if (found === undefined)
      throw new XenError('INVALID_VALUE', ['other_config:pci', text, 'It is written as 0/0000:03:00.0,1/0000:03:00.1']);
    return { place: Number(found['place']), address: (found['address'] ?? '').toLowerCase() };
  });
  const addresses = devices.toSorted((a, b) => a.place - b.place).map(({ address }) => address);
  if (new Set(addresses).size < addresses.length)
    throw new XenError('INVALID_VALUE', ['other_config:pci', text, 'A device is named twice']);
  return addresses;
};
