// Checks of the destination host: that it is another one, takes guests, and can run this one.

import { flagsOf, incompatibility, type Processors } from '../../host/cpu-features.ts';
import type { MigrationFacts } from '../facts.ts';
import { PROTOCOL_VERSION } from '../protocol.ts';
import { isLive, type MigrationView } from '../view.ts';
import { type Blocker, bytes, called, type Check, type CheckContext, say, there } from './blocker.ts';

const identity: Check = ({ view, facts }) => {
  const objects = [called('VM', view.vm), there('host', facts.host)];
  const found: Blocker[] = [];
  if (facts.host.uuid === view.host.uuid) {
    const cause = `${say(called('VM', view.vm))} is on host "${facts.host.name}" already.`;
    found.push({
      code: 'OPERATION_NOT_ALLOWED',
      params: [cause],
      objects,
      cause,
      fix: 'to move its disks to another SR of this host: xcp vdi-pool-migrate uuid=… sr-uuid=…',
    });
  }
  if (facts.protocol !== PROTOCOL_VERSION) {
    const cause = `Host "${facts.host.name}" speaks version ${facts.protocol} of the migration protocol, this host version ${PROTOCOL_VERSION}.`;
    found.push({
      code: 'VM_HOST_INCOMPATIBLE_VERSION_MIGRATE',
      params: [facts.host.ref, view.vm.ref],
      objects,
      cause,
      fix: 'update xcp on the older of the two hosts',
    });
  }
  return found;
};

const duplicates: Check = ({ view, facts, args }) =>
  args.options.copy || facts.host.uuid === view.host.uuid
    ? []
    : facts.vmsWithSameUuid.map(same => ({
        code: 'DUPLICATE_VM',
        params: [same.ref],
        objects: [called('VM', view.vm), there('VM', same)],
        cause: `Host "${facts.host.name}" has a VM of the same uuid already: "${same.name}".`,
        fix: `xcp vm-uninstall uuid=${same.uuid}   (on host "${facts.host.name}")`,
      }));

const admission: Check = ({ view, facts, args }) => {
  if (!isLive(view)) return [];
  const host = there('host', facts.host);
  const { record } = view.vm;
  const found: Blocker[] = [];
  if (!facts.host.enabled) {
    const cause = `Host "${facts.host.name}" is in maintenance and takes no running VMs.`;
    found.push({ code: 'HOST_DISABLED', params: [facts.host.ref], objects: [host], cause, fix: `xcp host-enable uuid=${facts.host.uuid}` });
  }
  const needed = record.memory_static_max + record.memory_overhead;
  if (needed > facts.host.memoryFreeBytes) {
    const cause = `${say(called('VM', view.vm))} needs ${bytes(needed)} of memory; host "${facts.host.name}" has ${bytes(facts.host.memoryFreeBytes)} free.`;
    const fix = `shut down or move a VM there: xcp vm-list resident-on=${facts.host.uuid}   (on host "${facts.host.name}")`;
    const params = [String(needed), String(facts.host.memoryFreeBytes)];
    found.push({ code: 'HOST_NOT_ENOUGH_FREE_MEMORY', params, objects: [called('VM', view.vm), host], cause, fix });
  }
  if (record.VCPUs_max > facts.host.cpuCount && !args.options.force) {
    const cause = `${say(called('VM', view.vm))} has ${record.VCPUs_max} vCPUs, host "${facts.host.name}" only ${facts.host.cpuCount} processors.`;
    const params = [String(record.VCPUs_max), String(facts.host.cpuCount)];
    found.push({
      code: 'HOST_NOT_ENOUGH_PCPUS',
      params,
      objects: [called('VM', view.vm), host],
      cause,
      fix: `xcp vm-param-set uuid=${record.uuid} VCPUs-max=${facts.host.cpuCount}`,
    });
  }
  return found;
};

/** A running guest, or its memory image, needs the same machine there; a halted VM starts anew on whatever there is. */
const machine: Check = context => {
  const { view, facts } = context;
  const { record } = view.vm;
  const carriesState = isLive(view) || record.power_state === 'Suspended';
  const here = view.host.hypervisor;
  if (!carriesState) return [];
  const reasons: string[] = [];
  if (here.kind !== facts.host.hypervisor)
    reasons.push(`it runs on ${here.kind} here, and host "${facts.host.name}" has ${facts.host.hypervisor}`);
  else if (here.accelerator !== facts.host.accelerator)
    reasons.push(
      `its processor is ${acceleration(here.accelerator)} here and ${acceleration(facts.host.accelerator)} on host "${facts.host.name}"`,
    );
  const areTold = facts.host.featuresPv !== null || facts.host.featuresHvm !== null;
  const isLevelled = here.cpu.guestFeatures !== undefined && areTold;
  const missing = here.accelerator === 'tcg' || isLevelled ? [] : here.cpu.flags.filter(flag => !facts.host.cpuFlags.includes(flag));
  if (missing.length > 0) reasons.push(`the processor of host "${facts.host.name}" lacks ${missing.join(', ')}`);
  if (older(facts.host.hypervisorVersion, here.version))
    reasons.push(`host "${facts.host.name}" has ${here.kind} ${facts.host.hypervisorVersion}, older than ${here.version} here`);
  const shutDown = `xcp vm-shutdown uuid=${record.uuid}`;
  const found = reasons.map(reason => cannotGoOn(context, reason, `${shutDown}   (then migrate it halted)`));
  const features = isLevelled && !context.args.options.force ? incompatibility(bootedHere(view), processorsThere(facts)) : undefined;
  if (features === undefined) return found;
  const { reason, featureset } = features;
  const fewer = `xcp vm-param-set uuid=${record.uuid} platform:featureset=${featureset}`;
  const fix =
    featureset === undefined
      ? `${shutDown}   (then migrate it halted)`
      : `${shutDown} && ${fewer}   (then start it: it can move from then on)`;
  return [...found, cannotGoOn(context, reason, fix)];
};

const cannotGoOn = ({ view, facts }: CheckContext, reason: string, fix: string): Blocker => ({
  code: 'VM_INCOMPATIBLE_WITH_THIS_HOST',
  params: [view.vm.ref, facts.host.ref, reason],
  objects: [called('VM', view.vm), there('host', facts.host)],
  cause: `${say(called('VM', view.vm))} cannot go on running there: ${reason}.`,
  fix,
});

/** With the features that are written down of it; one that an older version started here has what this host gives. */
const bootedHere = ({ vm: { record }, host: { hypervisor } }: MigrationView): MigrationView['vm']['record'] =>
  (record.last_boot_CPU_flags['features'] ?? '') === '' ? { ...record, last_boot_CPU_flags: flagsOf(hypervisor.cpu, record) } : record;

const processorsThere = ({ host }: MigrationFacts): Processors => ({
  hostName: host.name,
  vendor: host.cpuVendor ?? '',
  pv: host.featuresPv ?? '',
  hvm: host.featuresHvm ?? '',
});

const acceleration = (name: string): string => (name === 'tcg' ? 'emulated (tcg)' : `accelerated (${name})`);

/** Compares the first two numbers of two versions. */
function older(version: string, than: string): boolean {
  const [a, b] = [version, than].map(text => (text.match(/\d+/g) ?? []).map(Number));
  const [majorA = 0, minorA = 0] = a ?? [];
  const [majorB = 0, minorB = 0] = b ?? [];
  return majorA !== majorB ? majorA < majorB : minorA < minorB;
}

const bootFiles: Check = ({ view, facts }) =>
  facts.missingFiles.map(file => {
    const reason = `its kernel or ramdisk ${file} is not on host "${facts.host.name}"`;
    return {
      code: 'VM_INCOMPATIBLE_WITH_THIS_HOST',
      params: [view.vm.ref, facts.host.ref, reason],
      objects: [called('VM', view.vm), there('host', facts.host)],
      cause: `${say(called('VM', view.vm))} cannot boot there: ${reason}.`,
      fix: `copy ${file} to the same place on host "${facts.host.name}"`,
    };
  });

export const hostChecks: readonly Check[] = [identity, admission, machine, bootFiles, duplicates];
