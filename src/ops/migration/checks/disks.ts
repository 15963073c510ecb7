// Checks of the disks: each has a place to go, can be read here, belongs to this VM alone, and the places have room.

import { isNullRef } from '../../../lib/brand.ts';
import type { SrFacts } from '../facts.ts';
import { bytesNeeded } from '../mapping.ts';
import { type DiskView, isLive, members } from '../view.ts';
import { type Blocker, bytes, called, type Check, type CheckContext, say, there } from './blocker.ts';

const usableSrs = ({ facts }: CheckContext): readonly SrFacts[] =>
  facts.srs.filter(sr => sr.attached && sr.takesVolumes).toSorted((a, b) => b.freeBytes - a.freeBytes);

const mapped: Check = context =>
  [...context.view.disks.values()].filter(disk => !context.disks.has(disk.ref)).map(disk => notMapped(context, disk));

function notMapped(context: CheckContext, disk: DiskView): Blocker {
  const object = called('VDI', disk);
  const choice = usableSrs(context)[0];
  const vm = context.view.vm.record.uuid;
  return {
    code: 'VDI_NOT_IN_MAP',
    params: [disk.ref],
    objects: [object],
    cause: `It is not said to which storage repository of host "${context.facts.host.name}" ${say(object)} goes.`,
    fix: `xcp vm-migrate uuid=${vm} … vdi:${disk.record.uuid}=${choice?.uuid ?? '<SR uuid>'}${choice ? `   (SR "${choice.name}", ${bytes(choice.freeBytes)} free)` : ''}`,
  };
}

const places: Check = context => {
  const seen = new Set<string>();
  return [...context.disks].flatMap(([ref, target]) => {
    const disk = context.view.disks.get(ref);
    if (disk === undefined || seen.has(target.ref)) return [];
    seen.add(target.ref);
    return place(context, disk, target.ref, target.found);
  });
};

function place({ facts, view }: CheckContext, disk: DiskView, ref: string, sr: SrFacts | undefined): Blocker[] {
  const object = called('VDI', disk);
  const host = `host "${facts.host.name}"`;
  if (sr === undefined) {
    const cause = `The storage repository that ${say(object)} shall go to is not known to ${host}.`;
    return [{ code: 'HANDLE_INVALID', params: ['SR', ref], objects: [object], cause, fix: `xcp sr-list   (on ${host})` }];
  }
  const objects = [object, there('SR', sr)];
  if (!sr.attached) {
    const cause = `SR "${sr.name}" is not attached to ${host}.`;
    const fix = `xcp pbd-list sr-uuid=${sr.uuid}; xcp pbd-plug uuid=…   (on ${host})`;
    return [{ code: 'VM_REQUIRES_SR', params: [view.vm.ref, sr.ref], objects, cause, fix }];
  }
  if (!sr.takesVolumes) {
    const cause = `SR "${sr.name}" of type ${sr.type} takes no virtual disks.`;
    return [
      {
        code: 'SR_DOES_NOT_SUPPORT_MIGRATION',
        params: [sr.ref, 'VDI_CREATE'],
        objects,
        cause,
        fix: `choose another SR: xcp sr-list   (on ${host})`,
      },
    ];
  }
  return [];
}

const room: Check = context => {
  const { view, disks, facts } = context;
  return [...bytesNeeded(view, disks)].flatMap(([ref, needed]) => {
    const sr = facts.srs.find(each => each.ref === ref);
    if (!sr?.attached || needed <= sr.freeBytes) return [];
    const moving = [...view.disks.values()].filter(disk => disks.get(disk.ref)?.ref === ref);
    const better = usableSrs(context).find(each => each.ref !== ref && each.freeBytes >= needed);
    const top = moving[0];
    const fix = better
      ? `xcp vm-migrate uuid=${view.vm.record.uuid} … vdi:${top?.record.uuid}=${better.uuid}   (SR "${better.name}", ${bytes(better.freeBytes)} free)`
      : `free ${bytes(needed - sr.freeBytes)} there: xcp vdi-list sr-uuid=${sr.uuid}   (on host "${facts.host.name}")`;
    return [
      {
        code: 'SR_FULL',
        params: [String(needed), String(sr.freeBytes)],
        objects: [there('SR', sr), ...moving.map(disk => called('VDI', disk))],
        cause: `SR "${sr.name}" on host "${facts.host.name}" has ${bytes(sr.freeBytes)} free; the disks need ${bytes(needed)}.`,
        fix,
      },
    ];
  });
};

const readable: Check = ({ view }) =>
  [...view.disks.values()].flatMap(disk => {
    const objects = [called('VDI', disk), called('SR', disk.sr)];
    const name = say(called('VDI', disk));
    if (!disk.attachedHere) {
      const cause = `SR "${disk.sr.record.name_label}", which holds ${name}, is not attached to host "${view.host.name}".`;
      return [
        {
          code: 'SR_NOT_ATTACHED',
          params: [disk.sr.ref],
          objects,
          cause,
          fix: `xcp pbd-list sr-uuid=${disk.sr.record.uuid}; xcp pbd-plug uuid=…`,
        },
      ];
    }
    if (disk.record.missing || disk.layers.length === 0) {
      const cause = `SR "${disk.sr.record.name_label}" no longer holds the data of ${name}.`;
      return [{ code: 'VDI_MISSING', params: [disk.sr.ref, disk.ref], objects, cause, fix: `xcp sr-scan uuid=${disk.sr.record.uuid}` }];
    }
    return [];
  });

const ownership: Check = ({ view }) =>
  [...view.disks.values()].flatMap(disk => {
    const object = called('VDI', disk);
    const users = disk.otherUsers.map(user => called('VM', user));
    const names = users.map(say).join(', ');
    const found: Blocker[] = [];
    if (users.length > 0) {
      const cause = `${say(object)} is also a disk of ${names}.`;
      const fix = `xcp vbd-list vdi-uuid=${disk.record.uuid}; xcp vbd-destroy uuid=…`;
      found.push({ code: 'VDI_IN_USE', params: [disk.ref, 'migrate_send'], objects: [object, ...users], cause, fix });
    }
    if (disk.record.sharable && !disk.record.is_a_snapshot) {
      const cause = `${say(object)} is marked as shared between VMs; a move would take it away from the others.`;
      found.push({
        code: 'VDI_IS_SHARABLE',
        params: [disk.ref],
        objects: [object],
        cause,
        fix: `xcp vdi-param-set uuid=${disk.record.uuid} sharable=false`,
      });
    }
    return found;
  });

const features: Check = ({ view }) =>
  [...view.disks.values()].flatMap(disk => {
    const object = called('VDI', disk);
    const found: Blocker[] = [];
    if (disk.record.cbt_enabled) {
      const cause = `Changed-block tracking is on for ${say(object)}; its bitmaps do not travel, and the next backup would be wrong.`;
      found.push({
        code: 'VDI_CBT_ENABLED',
        params: [disk.ref],
        objects: [object],
        cause,
        fix: `xcp vdi-disable-cbt uuid=${disk.record.uuid}`,
      });
    }
    if (disk.record.on_boot === 'reset' && isLive(view)) {
      const cause = `${say(object)} goes back to its first content at each boot; such a disk cannot move while its VM runs.`;
      const code = 'VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION';
      found.push({ code, params: [], objects: [object], cause, fix: `xcp vdi-param-set uuid=${disk.record.uuid} on-boot=persist` });
    }
    return found;
  });

/** A medium in a drive stays here; the drive arrives with it only if the destination knows the very same medium. */
const media: Check = ({ view, facts }) =>
  members(view).flatMap(owner =>
    owner.vbds.flatMap(({ record }) => {
      const medium = record.type === 'CD' && !isNullRef(record.VDI) ? view.media.get(record.VDI) : undefined;
      if (medium === undefined || facts.knownVdis.some(known => known.uuid === medium.disk.record.uuid)) return [];
      const objects = [called('VM', owner), called('VDI', medium.disk), called('SR', medium.sr)];
      const cause = `The CD drive of ${say(called('VM', owner))} holds "${medium.disk.record.name_label}", which host "${facts.host.name}" does not have.`;
      const fix = owner === view.vm ? `xcp vm-cd-eject uuid=${owner.record.uuid}` : `xcp snapshot-uninstall uuid=${owner.record.uuid}`;
      return [{ code: 'VM_REQUIRES_SR', params: [view.vm.ref, medium.sr.ref], objects, cause, fix }];
    }),
  );

export const diskChecks: readonly Check[] = [mapped, places, readable, ownership, features, media, room];
