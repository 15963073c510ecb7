// What the fields are that can be changed. The same name means the same in every class, but for those that stand with their class.

import type { Meanings } from './form.ts';

const vm: Meanings = {
  affinity: 'The host that it starts on, if that is possible; empty for none.',
  'actions-after-shutdown': 'What becomes of it when the guest shuts itself down: off (destroy), or started again.',
  'actions-after-softreboot': 'What becomes of it when the guest restarts without its firmware.',
  'actions-after-reboot': 'What becomes of it when the guest restarts itself: off (destroy), or started again.',
  'actions-after-crash': 'What becomes of it when the guest crashes: off, started again or kept as it is, with a core dump or without.',
  appliance: 'The appliance that it starts and stops with; empty for none.',
  'bios-strings': 'What the guest reads about its maker and model; a VM that has never been started.',
  'blocked-operations': 'Operations that nobody may do, each with the reason, as blocked-operations:destroy=REASON.',
  'domain-type': 'How Xen runs the guest, with firmware (hvm) or without; a halted VM.',
  groups: 'The groups that place it, their uuids with commas between.',
  'ha-always-run': 'Use ha-restart-priority.',
  'ha-restart-priority': 'restart: started again when its host fails; best-effort: if there is room; empty: not.',
  'has-vendor-device': 'True: Windows finds drivers for it by Windows Update.',
  'HVM-boot-params': 'How it boots: order=dcn (d CD, c disk, n network), firmware=bios or uefi.',
  'HVM-boot-policy': 'BIOS order: by HVM-boot-params; empty: without firmware, by PV-bootloader or PV-kernel.',
  'HVM-shadow-multiplier': 'Shadow memory as a multiple of the usual; a halted VM.',
  'is-a-template': 'True: it cannot be started, and vm-install makes VMs of it.',
  'is-default-template': 'True: it came with the host.',
  'memory-static-max': 'The most memory that it can have while it runs; a halted VM.',
  'memory-dynamic-max': 'Memory may be given to it up to this.',
  'memory-dynamic-min': 'Memory may be taken from it down to this.',
  'memory-static-min': 'The least that memory-dynamic-min may be; a halted VM.',
  order: 'Its turn in the appliance, and when HA starts it again; 0 comes first.',
  platform: 'Its machine, as platform:KEY=VALUE: cores-per-socket, secureboot, nested-virt, vga, videoram, viridian and the like.',
  'PV-args': 'The command line of the kernel, without firmware.',
  'PV-bootloader': 'The program that finds the kernel on the disk, without firmware, such as pygrub.',
  'PV-bootloader-args': 'Its arguments.',
  'PV-kernel': 'The kernel, a file of the host, without firmware.',
  'PV-legacy-args': 'The command line of kernels that have no other.',
  'PV-ramdisk': 'The ramdisk, a file of the host, without firmware.',
  'shutdown-delay': 'Seconds until the next turn of the appliance is shut down.',
  'snapshot-schedule': 'The schedule that makes snapshots of it; empty for none.',
  'start-delay': 'Seconds until the next turn of the appliance starts.',
  'suspend-SR-uuid': "The SR that its memory goes to when it is suspended; empty for the pool's.",
  'suspend-VDI-uuid': 'The disk that holds the memory of a suspended VM.',
  'user-version': 'A number of your own.',
  'VCPUs-at-startup': 'How many vCPUs it starts with, at most VCPUs-max.',
  'VCPUs-max': 'The most vCPUs that it can have while it runs; a halted VM.',
  'VCPUs-params': 'How its vCPUs get time: weight (256 is usual), cap (percent of one CPU), mask (CPUs, with commas between).',
  'xenstore-data': 'What the guest reads in xenstore, as xenstore-data:vm-data/KEY=VALUE.',
};

const pool: Meanings = {
  'auto-update-vm-secureboot-certificates': "True: VMs get the pool's certificates for Secure Boot at their start.",
  'coordinator-bias': 'True: VMs start on the master last.',
  'crash-dump-SR': 'The SR for dumps of guests that crash.',
  'default-SR': 'The SR for disks where none is named.',
  'ext-auth-cache-enabled': 'True: logins by the directory are remembered for a while.',
  'ext-auth-cache-expiry': 'For how many seconds they are.',
  'ext-auth-cache-size': 'How many of them are.',
  'guest-agent-config': 'Settings that agents in guests read.',
  'gui-config': 'Notes of graphical clients.',
  'ha-allow-overcommit': 'True: VMs may be protected though there is not room for all after the failures.',
  'ha-host-failures-to-tolerate': 'How many hosts may fail at once with all protected VMs started again.',
  'ha-reboot-vm-on-internal-shutdown': 'True: a protected VM that shuts itself down is started again.',
  'health-check-config': 'Settings of reports to the support.',
  'igmp-snooping-enabled': 'True: multicast goes only where it is listened to.',
  'license-server': 'Where licences are: address and port.',
  'limit-console-sessions': 'True: one viewer of a console at a time.',
  'live-patching-disabled': 'True: updates come into force by a restart only.',
  'migration-compression': 'True: memory is compressed in a migration, where nothing else is said.',
  'policy-no-vendor-device': 'True: new Windows VMs do not get has-vendor-device.',
  repositories: 'The repositories of updates in use, their uuids with commas between.',
  'suspend-image-SR': 'The SR for the memory of suspended VMs.',
  'vm-console-idle-timeout': 'Seconds until a console that nobody types in is closed; 0 is never.',
  'wlb-enabled': 'True: workload balancing is asked where VMs go.',
  'wlb-verify-cert': 'True: its certificate is verified.',
};

const host: Meanings = {
  'console-idle-timeout': "Seconds until a login at the host's console ends; 0 is never.",
  'crash-dump-sr-uuid': 'The SR for dumps of guests that crash there.',
  guest_VCPUs_params: 'Settings for the vCPUs of all its guests, such as mask.',
  'https-only': 'True: nothing answers on port 80.',
  iscsi_iqn: 'Its own name for iSCSI.',
  logging: 'Where its logs go: logging:syslog_destination=ADDRESS, then host-syslog-reconfigure.',
  'max-cstate': 'How deep its CPUs may sleep; empty for no limit.',
  multipathing: 'True: storage is reached by several ways at once; on a disabled host.',
  'ntp-custom-servers': 'Its time servers, with commas between, for ntp-mode=Custom.',
  'ntp-mode': 'DHCP, Custom, Factory or Disabled: where its time comes from.',
  'numa-affinity-policy': 'any, best_effort or default_policy: whether guests stay with the memory of one node.',
  'ssh-auto-mode': 'True: SSH runs only while the agent does not.',
  'ssh-enabled-timeout': 'Seconds until SSH is stopped after it was started; 0 is never.',
  'ssl-legacy': 'Nothing any more.',
  'suspend-image-sr-uuid': 'The SR for the memory of VMs that are suspended there.',
  timezone: 'Its time zone, such as Europe/Berlin.',
};

const network: Meanings = {
  'default-locking-mode': 'unlocked, or disabled: what passes an interface whose locking-mode is network_default.',
  'disallow-unplug': 'True: nobody may bring it down.',
  'ipv4-allowed': 'IPv4 addresses that a locked interface may have, with commas between.',
  'ipv6-allowed': 'IPv6 addresses that a locked interface may have, with commas between.',
  'locking-mode': 'network_default: as the network says; locked: only its own addresses; unlocked: everything; disabled: nothing.',
  MTU: 'The longest packet in bytes: 1500 is usual, jumbo frames have 9000.',
  properties: 'Settings of the bond or the card, as properties:KEY=VALUE; of a bond lacp-time, hashing_algorithm and the like.',
  purpose: 'nbd: disks may be read over it by NBD with TLS; insecure_nbd: without.',
  trunks: 'VLANs that reach the guest with their tags, with commas between.',
};

const storage: Meanings = {
  'allow-caching': 'True: hosts with a cache keep what is read.',
  bootable: 'True: the VM may boot from it.',
  mode: 'ro or rw: whether the guest may write.',
  'on-boot': 'persist: as disks are; reset: at each start it is as it was.',
  qos_algorithm_params: 'Settings of the limit, such as qos_algorithm_params:kbps=VALUE of an interface.',
  qos_algorithm_type: 'ratelimit limits an interface, ionice a drive; empty: no limit.',
  shared: 'True: all hosts of the pool reach it.',
  unpluggable: 'False: it stays as long as the VM runs.',
  userdevice: 'Its place, a number; a VM that does not run.',
};

const others: Meanings = {
  'allocation-algorithm': 'depth-first: fills one card after the other; breadth-first: spreads.',
  attributes: 'Notes that go with all that is seen.',
  'burst-size': 'How many tokens may be used at once.',
  components: 'What to follow, with commas between: xapi, xenopsd, smapi; empty for everything.',
  'enabled-VGPU-types': 'The types that the card may be divided into.',
  enabled: 'False: it does nothing.',
  endpoints: 'Where to send what is seen, with commas between: bugtool, or http addresses.',
  extra_args: 'Arguments for the driver of the GPU.',
  'fill-rate': 'How many tokens come back in a second.',
  frequency: 'hourly, daily or weekly.',
  'gpgkey-path': 'The name of the key that signs it.',
  'gpu-group-uuid': 'The group that the card belongs to.',
  'host-uuids': 'The hosts to follow, their uuids with commas between; empty for all.',
  'name-description': 'A description.',
  'name-label': 'The name; several objects may have the same.',
  'other-config': 'Notes of other programs and settings without a field of their own, as other-config:KEY=VALUE.',
  'passthrough-enabled': 'True: a VM may have it.',
  'pvs-uuid': 'The uuid that the PVS servers themselves have for the site.',
  'retained-snapshots': 'How many snapshots of a VM are kept, 1 to 10.',
  schedule: 'When, as schedule:KEY=VALUE: min (0, 15, 30, 45), hour (0 to 23), days (Monday,Thursday).',
  tags: 'Words to find it by, with commas between; lists filter by tags:contains=WORD.',
  value: 'The secret.',
};

const shared: Meanings = { ...others, ...storage, ...network, ...host, ...pool, ...vm };

/** `class field`, where the same name means something else. */
const special: Meanings = {
  'caller groups': 'The groups that its calls are counted in, with commas between.',
  'vbd type': 'CD, Disk or Floppy.',
  'vmss type': 'snapshot, checkpoint or snapshot_with_quiesce.',
};

export const fieldMeanings = { shared, special } as const;

/** Undefined for a field that nobody can change: its type says enough. */
export const fieldMeaning = (cls: string, field: string): string | undefined => special[`${cls} ${field}`] ?? shared[field];
