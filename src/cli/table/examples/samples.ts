// Values for examples that nobody has written by hand: of each parameter one that could be meant.

import type { CliClassName } from '../../records/classes.ts';
import type { ParamInfo } from '../params.ts';

/** Names; of what has no name, the variable that stands for it. */
export const objects: Partial<Readonly<Record<CliClassName, string>>> = {
  appliance: 'shop',
  bond: '$bond',
  caller: 'backup',
  'gpu-group': '"Design GPUs"',
  host: 'host1',
  message: '$message',
  network: 'lan',
  observer: 'trace',
  patch: 'hotfix',
  pbd: '$pbd',
  pif: '$eth0',
  pool: 'lab',
  'pvs-site': 'office',
  'rate-limit': 'slow',
  repository: 'updates',
  snapshot: '"before the update"',
  sr: 'nas',
  subject: '$subject',
  template: 'golden',
  tunnel: '$tunnel',
  update: 'update',
  'usb-group': '"Group of 0951 1666 USBs"',
  vbd: '$drive',
  vdi: 'web01-data',
  vif: '$vif',
  vlan: '$vlan',
  vm: 'web01',
  'vm-group': 'databases',
  vmss: 'nightly',
  vtpm: '$vtpm',
};

const values: Readonly<Record<string, string>> = {
  address: '192.0.2.9',
  'auth-type': 'AD',
  'data-source': 'io_throughput_total',
  dp: 'vbd/1/xvda',
  fn: 'status',
  filename: 'FILE',
  'file-name': 'FILE',
  'gpgkey-path': 'RPM-GPG-KEY-updates',
  'host-uuids': 'UUID,UUID',
  name: 'backup',
  'name-label': 'new',
  'new-name-label': 'new',
  plugin: 'example',
  'service-name': 'example.org',
  'variant-name': 'stock',
};

export const sample = ({ name, type }: ParamInfo): string => {
  switch (type.kind) {
    case 'uuid':
      return objects[type.cls] ?? 'UUID';
    case 'name':
      return objects[type.cls] ?? 'NAME';
    case 'choice':
      return type.values.find(value => value !== '') ?? 'WORD';
    case 'flag':
      return 'true';
    case 'size':
      return '1GiB';
    case 'number':
      return '1';
    case 'file':
      return 'FILE';
    default:
      return values[name] ?? name.toUpperCase();
  }
};
