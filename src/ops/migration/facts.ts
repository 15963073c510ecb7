// What the pre-flight needs to know of the destination, fetched in one call: `xcp.migration_facts`. The source asks about the
// names that matter to it (uuids, MACs, files), so that the answer stays small on a pool with thousands of VMs.

import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { isNullRef } from '../../lib/brand.ts';
import type { Db } from '../../db/db.ts';
import type { Services } from '../context.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import { featuresetShape, integer, list, nullable, object, type Shaped, text, truth } from './shape.ts';

export const factsQueryShape = object({
  vmUuids: list(text),
  macs: list(text),
  /** Media in CD drives: a shared SR may hold the same. */
  vdiUuids: list(text),
  /** Kernels and ramdisks that the guest boots from: absolute paths. */
  files: list(text),
});
export type FactsQuery = Shaped<typeof factsQueryShape>;

const named = object({ ref: text, uuid: text, name: text });
export type NamedFact = Shaped<typeof named>;

export const factsShape = object({
  protocol: integer,
  host: object({
    ref: text,
    uuid: text,
    name: text,
    enabled: truth,
    memoryFreeBytes: integer,
    hypervisor: text,
    hypervisorVersion: text,
    accelerator: text,
    cpuFlags: list(text),
    /** Not told by older hosts. */
    cpuVendor: nullable(text),
    featuresPv: nullable(featuresetShape),
    featuresHvm: nullable(featuresetShape),
    cpuCount: integer,
  }),
  srs: list(
    object({ ref: text, uuid: text, name: text, type: text, contentType: text, attached: truth, freeBytes: integer, takesVolumes: truth }),
  ),
  networks: list(named),
  defaultSr: nullable(text),
  suspendSr: nullable(text),
  vmsWithSameUuid: list(named),
  macsInUse: list(object({ mac: text, vm: named })),
  knownVdis: list(named),
  missingFiles: list(text),
});
export type MigrationFacts = Shaped<typeof factsShape>;
export type SrFacts = MigrationFacts['srs'][number];

/** Gathers the facts on this host. Reads only. */
export async function collectFacts(services: Services, query: FactsQuery): Promise<MigrationFacts> {
  const { db, self } = services;
  const host = db.need('host', self.host);
  const pool = db.need('pool', self.pool);
  const info = await services.hypervisor.probe();
  const uuidOf = (ref: Parameters<typeof db.get<'SR'>>[1]): string | null => (isNullRef(ref) ? null : (db.get('SR', ref)?.uuid ?? null));
  return {
    protocol: PROTOCOL_VERSION,
    host: {
      ref: self.host,
      uuid: host.uuid,
      name: host.name_label,
      enabled: host.enabled,
      memoryFreeBytes: info.memoryFreeBytes,
      hypervisor: info.kind,
      hypervisorVersion: info.version,
      accelerator: info.accelerator,
      cpuFlags: info.cpu.flags,
      cpuVendor: info.cpu.vendor,
      featuresPv: info.cpu.guestFeatures?.pv.atMost || null,
      featuresHvm: info.cpu.guestFeatures?.hvm.atMost || null,
      cpuCount: info.cpu.count,
    },
    srs: await srFacts(services),
    networks: [...db.all('network')].map(([ref, network]) => ({ ref, uuid: network.uuid, name: network.name_label })),
    defaultSr: uuidOf(pool.default_SR),
    suspendSr: uuidOf(host.suspend_image_sr),
    vmsWithSameUuid: query.vmUuids.flatMap(uuid => vmFact(db, uuid)),
    macsInUse: macFacts(db, query.macs),
    knownVdis: query.vdiUuids.flatMap(uuid => vdiFact(db, uuid)),
    // The simulator runs no code, so it needs none.
    missingFiles: info.kind === 'sim' ? [] : await missing(query.files),
  };
}

async function srFacts({ db, attachedSrs }: Services): Promise<SrFacts[]> {
  const facts: SrFacts[] = [];
  for (const [ref, sr] of db.all('SR')) {
    const driver = attachedSrs.get(sr.uuid);
    const freeBytes = driver ? (await driver.stat()).freeBytes : 0;
    const takesVolumes = sr.content_type !== 'iso' && sr.type !== 'iso' && sr.type !== 'udev';
    facts.push({
      ref,
      uuid: sr.uuid,
      name: sr.name_label,
      type: sr.type,
      contentType: sr.content_type,
      attached: driver !== undefined,
      freeBytes,
      takesVolumes,
    });
  }
  return facts;
}

function vmFact(db: Db, uuid: string): NamedFact[] {
  const ref = db.byUuid('VM', uuid);
  return ref === undefined ? [] : [{ ref, uuid, name: db.need('VM', ref).name_label }];
}

function vdiFact(db: Db, uuid: string): NamedFact[] {
  const ref = db.byUuid('VDI', uuid);
  return ref === undefined ? [] : [{ ref, uuid, name: db.need('VDI', ref).name_label }];
}

function macFacts(db: Db, macs: readonly string[]): MigrationFacts['macsInUse'][number][] {
  const wanted = new Set(macs.map(mac => mac.toLowerCase()));
  const found = [];
  for (const [, vif] of db.all('VIF')) {
    const vm = wanted.has(vif.MAC.toLowerCase()) ? db.get('VM', vif.VM) : undefined;
    if (vm && !vm.is_a_snapshot && !vm.is_a_template) found.push({ mac: vif.MAC, vm: { ref: vif.VM, uuid: vm.uuid, name: vm.name_label } });
  }
  return found;
}

async function missing(files: readonly string[]): Promise<string[]> {
  const gone: string[] = [];
  for (const file of files) {
    const found = isAbsolute(file) ? await stat(file).catch(() => undefined) : undefined;
    if (!found?.isFile()) gone.push(file);
  }
  return gone;
}
