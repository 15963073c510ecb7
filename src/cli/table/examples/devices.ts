// Lines to type: GPUs, USB devices, TPMs, clusters, provisioning.

import type { Examples } from './form.ts';

export const devices: Examples = {
  'gpu-group-create': [['name-label="Design GPUs"', 'Then pgpu-param-set gpu-group-uuid= puts cards into it']],
  'vgpu-create': [['vm-uuid=cad01 gpu-group-uuid="Design GPUs"', 'At its next start the VM has one of the cards']],
  'vtpm-create': [['vm-uuid=win01', 'For a halted VM with UEFI']],
  'vtpm-destroy': [['uuid=$vtpm --force', 'What Windows has encrypted with it is lost']],
  'vusb-create': [
    ['usb-group-uuid="Group of 0951 1666 USBs" vm-uuid=web01', 'The device of this group goes into the VM at its next start'],
  ],
  'pusb-scan': [['host-uuid=host1', 'After something was plugged in']],
  'cluster-pool-create': [['network-uuid=storage', 'For SRs of the type gfs2']],
  'cluster-host-create': [['cluster-uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 host-uuid=host3 pif-uuid=$eth1', 'A host that came later']],
  'pvs-site-introduce': [['name-label=office', 'Then pvs-server-introduce and pvs-proxy-create']],
  'pvs-server-introduce': [
    ['addresses=192.0.2.50,192.0.2.51 first-port=6910 last-port=6930 pvs-site-uuid=office', 'The servers of the site'],
  ],
  'pvs-proxy-create': [['pvs-site-uuid=office vif-uuid=$vif', 'What the VM reads at its start is kept on the host']],
  'pvs-cache-storage-create': [['host=host1 sr-uuid=ssd pvs-site-uuid=office size=20GiB', 'Room for it']],
  'lvhd-enable-thin-provisioning': [
    ['host=host1 sr-uuid=san initial-allocation=1GiB allocation-quantum=256MiB', 'It cannot be taken back'],
  ],
};
