// Parameters of the commands about GPUs, USB devices, provisioning, clusters and schedules.

import type { Topic } from './form.ts';

export const devices: Topic = {
  params: {
    'gpu-group-uuid': 'The group whose GPU the VM gets.',
    'vgpu-type-uuid': 'The type of virtual GPU; vgpu-type-list shows them.',
    'usb-group-uuid': 'The group of the USB device; usb-group-list shows them.',
    'is-unique': 'True: clones of the VM do not get a copy of its content. The default is false.',
    'pvs-site-uuid': 'The site.',
    'pvs-uuid': 'The uuid that the PVS servers themselves have for the site.',
    addresses: 'The addresses of the server, with commas between.',
    'first-port': 'The first port that the server uses.',
    'last-port': 'The last port that the server uses.',
    size: 'The size of the cache, in bytes or as 20GiB.',
    'cluster-uuid': 'The cluster.',
    'cluster-stack': 'The program of the cluster; the default is corosync.',
    'pool-auto-join': 'False: further hosts have to be told to join. The default is true.',
    'token-timeout': 'A host is given up when it is silent for so many seconds; the default is 20.',
    'token-timeout-coefficient': 'How many seconds longer for each host beyond the second; the default is 0.65.',
    frequency: 'hourly, daily or weekly.',
    schedule: 'When, as schedule:KEY=VALUE: min (0, 15, 30, 45), hour (0 to 23), days (Monday,Thursday).',
    'retained-snapshots': 'How many snapshots of a VM are kept, 1 to 10; the oldest go. The default is 7.',
    attributes: 'Notes that go with all that is seen, as attributes:KEY=VALUE.',
    endpoints: 'Where to send what is seen, with commas between: bugtool (files on the host), or http addresses.',
    components: 'What to follow, with commas between: xapi, xenopsd, xapi-clusterd, smapi; without it everything.',
  },
  commands: {
    'vgpu-create': { 'vm-uuid': 'The VM that gets the GPU.', device: 'Its place; the default is 0.' },
    'gpu-group-get-remaining-capacity': { 'vgpu-type-uuid': 'The type of virtual GPU that is asked about.' },
    'gpu-group-create': { 'name-label': 'The name of the group.' },
    'vtpm-create': { 'vm-uuid': 'The VM that gets the TPM.' },
    'vtpm-destroy': { force: 'Has to be there: what the guest has encrypted with it cannot be read any more.' },
    'vusb-create': { 'vm-uuid': 'The VM that gets the device.' },
    'pvs-cache-storage-create': { 'sr-uuid': 'The SR that holds the cache.' },
    'cluster-create': { 'pif-uuid': 'The interface of the first host, with an address.' },
    'cluster-host-create': { 'host-uuid': 'The host that joins.', 'pif-uuid': 'Its interface for the cluster, with an address.' },
    'cluster-pool-create': { 'network-uuid': 'The network of the cluster; each host has an address there.' },
    'vmss-create': {
      'name-label': 'The name of the schedule.',
      type: "snapshot: disks; checkpoint: memory too; snapshot_with_quiesce: disks, the guest's writes finished.",
      enabled: 'False: it does nothing until it is enabled. The default is true.',
    },
    'observer-create': {
      'host-uuids': 'The hosts to follow, their uuids with commas between; without it all.',
      enabled: 'True: at once. The default is false.',
    },
    'appliance-start': { paused: 'True: makes the VMs ready and does not let them run. The default is false.' },
    'appliance-create': { 'name-label': 'The name of the appliance.' },
    'vm-group-create': { 'name-label': 'The name of the group.' },
  },
};
