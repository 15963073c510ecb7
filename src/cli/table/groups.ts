// Which file holds the commands of which first word.

import type { CommandGroup } from './row.ts';

const merged = async (...files: readonly Promise<CommandGroup>[]): Promise<CommandGroup> => {
  const loaded = await Promise.all(files);
  return {
    rows: Object.assign({}, ...loaded.map(file => file.rows)),
    handlers: Object.assign({}, ...loaded.map(file => file.handlers)),
  };
};

export const groups: Readonly<Record<string, () => Promise<CommandGroup>>> = {
  appliance: () => import('./appliance.ts'),
  audit: () => import('./audit.ts'),
  blob: () => import('./blob.ts'),
  bond: () => import('./bond.ts'),
  caller: () => import('./caller.ts'),
  cd: () => import('./cd.ts'),
  cluster: () => import('./cluster.ts'),
  console: () => import('./console.ts'),
  diagnostic: () => import('./diagnostic.ts'),
  drtask: () => import('./drtask.ts'),
  event: () => import('./event.ts'),
  gpu: () => import('./gpu.ts'),
  host: () => merged(import('./host.ts'), import('./host-maintenance.ts')),
  hostdriver: () => import('./hostdriver.ts'),
  lvhd: () => import('./lvhd.ts'),
  message: () => import('./message.ts'),
  network: () => import('./network.ts'),
  observer: () => import('./observer.ts'),
  patch: () => import('./patch.ts'),
  pbd: () => import('./pbd.ts'),
  pci: () => import('./pci.ts'),
  pgpu: () => import('./pgpu.ts'),
  pif: () => import('./pif.ts'),
  pool: () => merged(import('./pool.ts'), import('./pool-membership.ts'), import('./pool-services.ts')),
  pusb: () => import('./pusb.ts'),
  pvs: () => import('./pvs.ts'),
  rate: () => import('./rate.ts'),
  repository: () => import('./repository.ts'),
  sdn: () => import('./sdn.ts'),
  secret: () => import('./secret.ts'),
  session: () => import('./session.ts'),
  snapshot: () => import('./snapshot.ts'),
  sr: () => import('./sr.ts'),
  subject: () => import('./subject.ts'),
  task: () => import('./task.ts'),
  template: () => import('./template.ts'),
  tunnel: () => import('./tunnel.ts'),
  update: () => import('./update.ts'),
  user: () => import('./user.ts'),
  vbd: () => import('./vbd.ts'),
  vdi: () => import('./vdi.ts'),
  vgpu: () => import('./vgpu.ts'),
  vif: () => import('./vif.ts'),
  vlan: () => import('./vlan.ts'),
  vm: () => merged(import('./vm.ts'), import('./vm-exchange.ts')),
  vmss: () => import('./vmss.ts'),
  vtpm: () => import('./vtpm.ts'),
  vusb: () => import('./vusb.ts'),
};

export const loadGroup = async (word: string): Promise<CommandGroup | undefined> =>
  Object.hasOwn(groups, word) ? await groups[word]?.() : undefined;
