// Objects without names, as the examples speak of them: `$vif` is what this command prints. It stands above the examples that use it.

export const variables: Readonly<Record<string, string>> = {
  bond: 'bond-list mode=active-backup',
  bond0: 'pif-list host-name-label=host1 device=bond0 VLAN=-1',
  cd: 'vbd-list vm-name-label=web01 type=CD',
  drive: 'vbd-list vm-name-label=web01 vdi-name-label=web01-data',
  eth0: 'pif-list host-name-label=host1 device=eth0 physical=true',
  eth1: 'pif-list host-name-label=host1 device=eth1 physical=true',
  eth2: 'pif-list host-name-label=host1 device=eth2 physical=true',
  eth3: 'pif-list host-name-label=host1 device=eth3 physical=true',
  message: 'message-list name=BACKUP_FAILED',
  pbd: 'pbd-list sr-name-label=nas host-name-label=host1',
  subject: 'subject-list other-config:subject-account-name=alice',
  tunnel: 'tunnel-list',
  vif: 'vif-list vm-name-label=web01 device=0',
  vlan: 'vlan-list tag=42',
  web01: 'vm-list name-label=web01',
  vtpm: 'vtpm-list vm-name-label=win01',
};
