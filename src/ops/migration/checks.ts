// The pre-flight: every reason why a VM cannot move, at once. Pure: what it says follows from the family as read here and the facts
// as the destination told them. `VM.assert_can_migrate` throws the first, `xcp vm-migrate --dry-run` shows all.

import { XenError } from '../../model/error.ts';
import { tinyLinuxKey } from '../template/tiny-linux.ts';
import { type Blocker, type CheckContext } from './checks/blocker.ts';
import { diskChecks } from './checks/disks.ts';
import { hostChecks } from './checks/host.ts';
import { nicChecks } from './checks/nics.ts';
import { vmChecks } from './checks/vm.ts';
import type { FactsQuery, MigrationFacts } from './facts.ts';
import { mapDisks, mapNics } from './mapping.ts';
import type { MigrationArgs } from './options.ts';
import { isLive, members, type MigrationView } from './view.ts';

/** Causes are sentences, whatever noun they begin with. */
const asSentence = (blocker: Blocker): Blocker => ({ ...blocker, cause: blocker.cause.charAt(0).toUpperCase() + blocker.cause.slice(1) });

/** What the VM itself has against it, wherever it goes. */
export const vmBlockers = (view: MigrationView, args: MigrationArgs): readonly Blocker[] =>
  vmChecks.flatMap(check => check({ view, args })).map(asSentence);

/** All, in the order in which the XenAPI would tell them: the VM, its disks, its NICs, the host. */
export function migrationBlockers(view: MigrationView, facts: MigrationFacts, args: MigrationArgs): readonly Blocker[] {
  const context: CheckContext = { view, facts, args, disks: mapDisks(view, facts, args), nics: mapNics(view, facts, args) };
  const elsewhere = [...diskChecks, ...nicChecks, ...hostChecks].flatMap(check => check(context));
  return [...vmBlockers(view, args), ...elsewhere.map(asSentence)];
}

/** Throws the first blocker as the XenAPI error it is. */
export function assertNone(blockers: readonly Blocker[]): void {
  const [first] = blockers;
  if (first) throw new XenError(first.code, first.params);
}

/** What the destination must be asked about this family. */
export function factsQuery(view: MigrationView): FactsQuery {
  const family = members(view);
  const { PV_kernel: kernel, PV_ramdisk: ramdisk, other_config: otherConfig } = view.vm.record;
  // A kernel that every host makes for itself need not be there yet.
  const needsFiles = isLive(view) && otherConfig[tinyLinuxKey] !== 'true';
  return {
    vmUuids: family.map(each => each.record.uuid),
    macs: view.vm.vifs.map(vif => vif.record.MAC),
    vdiUuids: [...view.media.values()].map(medium => medium.disk.record.uuid),
    files: needsFiles ? [kernel, ramdisk].filter(file => file !== '') : [],
  };
}
