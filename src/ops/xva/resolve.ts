// What an import makes of a document: which objects of this pool stand for those in it, which are made, and which VMs give way. Pure: the
// answer is a commit, and the volumes that have to be there before it.

import { nullRef, type Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { VolumeSpec } from '../../drivers/storage.ts';
import { XenError } from '../../model/error.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';
import { type Commit, CommitBuilder } from '../commit.ts';
import { bridgeNamer } from '../network/bridge-names.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { newVdi } from '../vdi/record.ts';
import { macOfSeed } from '../vm/record.ts';
import { objectsOf, type XvaDocument, type XvaObject } from './objects.ts';
import { type ImportedVm, importedVms, type RestoreOptions } from './resolve-vm.ts';

export interface ImportOptions extends RestoreOptions {
  /** Disks that stand for others: by uuid. */
  readonly vdis: ReadonlyMap<string, string>;
}

/** A disk whose blocks follow. */
export interface IncomingDisk {
  readonly id: string;
  readonly sr: string;
  readonly spec: VolumeSpec;
}

export interface Resolved {
  readonly commit: Commit;
  /** Objects that are to go before the commit's come: VMs that are replaced, with their devices. */
  readonly replaced: readonly { readonly cls: ClassName; readonly ref: Ref<ClassName> }[];
  readonly disks: readonly IncomingDisk[];
  /** Those made, without snapshots. */
  readonly vms: readonly Ref<'VM'>[];
}

const missing = (id: string): XenError => new XenError('IMPORT_ERROR_FAILED_TO_FIND_OBJECT', [id]);

interface Context {
  readonly db: Reader;
  readonly document: XvaDocument;
  readonly options: ImportOptions;
  readonly commit: CommitBuilder;
  /** The disks of the document that are here, or will be. */
  readonly vdis: Map<string, Ref<'VDI'>>;
  readonly disks: IncomingDisk[];
}

/** Disks whose content is in the file: those of VBDs that are no CDs and do not lie in libraries of CDs, and memory images. */
const streamed = ({ document }: Context): ReadonlySet<string> => {
  const srs = new Map(objectsOf(document, 'SR').map(({ id, record }) => [id, record]));
  const ofVbds = new Set<string>(
    objectsOf(document, 'VBD').flatMap(({ record }) => (record.type === 'CD' || record.empty ? [] : [record.VDI])),
  );
  const chosen = objectsOf(document, 'VDI').filter(
    ({ id, record }) => record.type === 'suspend' || (ofVbds.has(id) && srs.get(record.SR)?.content_type !== 'iso'),
  );
  return new Set(chosen.map(({ id }) => id));
};

const makeDisk = ({ db, commit, vdis, disks }: Context, { id, record }: XvaObject<'VDI'>, sr: Ref<'SR'>): void => {
  if (!(record.virtual_size > 0)) throw new XenError('IMPORT_ERROR', [`the disk ${id} has no size`]);
  const uuid = freshUuid();
  const { virtual_size, name_label, name_description, type, sharable, read_only, other_config, xenstore_data, tags, on_boot } = record;
  const fields = { virtual_size, name_label, name_description, type, sharable, read_only, other_config, xenstore_data, tags, on_boot };
  vdis.set(id, commit.insert('VDI', freshRef<'VDI'>(), newVdi({ ...fields, uuid, SR: sr })));
  const spec = { id: uuid, sizeBytes: virtual_size, name: name_label, description: name_description, type };
  disks.push({ id, sr: db.need('SR', sr).uuid, spec });
};

/** A medium of the same name in a library of this pool. */
const findMedium = (db: Reader, medium: RecordOf<'VDI'>): Ref<'VDI'> | undefined => {
  for (const [ref, vdi] of db.all('VDI')) {
    const isSame = vdi.location === medium.location || vdi.name_label === medium.name_label || vdi.name_label === medium.location;
    if (isSame && db.get('SR', vdi.SR)?.content_type === 'iso') return ref;
  }
  return undefined;
};

const findDisk = ({ db, document, options }: Context, { record }: XvaObject<'VDI'>): Ref<'VDI'> | undefined => {
  const mapped = options.vdis.get(record.uuid);
  if (mapped !== undefined) {
    const found = db.byUuid('VDI', mapped);
    if (found === undefined) throw new XenError('UUID_INVALID', ['VDI', mapped]);
    return found;
  }
  const from = objectsOf(document, 'SR').find(({ id }) => id === record.SR);
  const sr = from && db.byUuid('SR', from.record.uuid);
  const found = sr && db.need('SR', sr).VDIs.find(vdi => db.need('VDI', vdi).location === record.location);
  if (found !== undefined || options.force) return found;
  throw sr === undefined ? new XenError('VDI_CONTENT_ID_MISSING') : new XenError('VDI_LOCATION_MISSING', [sr, record.location]);
};

const resolveDisks = (context: Context): void => {
  const { db, document, options, vdis } = context;
  const srs = new Map(objectsOf(document, 'SR').map(({ id, record }) => [id, record]));
  const inFile = streamed(context);
  for (const object of objectsOf(document, 'VDI')) {
    const isMedium = srs.get(object.record.SR)?.content_type === 'iso';
    if (options.sr !== undefined && inFile.has(object.id)) makeDisk(context, object, options.sr);
    else if (isMedium || options.sr !== undefined) {
      const found = isMedium ? findMedium(db, object.record) : undefined;
      if (found !== undefined) vdis.set(object.id, found);
    } else {
      const found = findDisk(context, object);
      if (found !== undefined) vdis.set(object.id, found);
    }
  }
};

/** Networks are known by their names, so that people decide which are the same; then by their bridges. */
const resolveNetworks = ({ db, document, commit }: Context): ReadonlyMap<string, Ref<'network'>> => {
  const needed = new Set<string>(objectsOf(document, 'VIF').map(({ record }) => record.network));
  const bridge = bridgeNamer(db);
  const found = new Map<string, Ref<'network'>>();
  for (const { id, record } of objectsOf(document, 'network').filter(object => needed.has(object.id))) {
    const named = db.byNameLabel('network', record.name_label)[0];
    const bridged = [...db.all('network')].find(([, network]) => record.bridge !== '' && network.bridge === record.bridge)?.[0];
    const { name_label, name_description, MTU, other_config, tags, default_locking_mode } = record;
    const fields = { name_label, name_description, MTU, other_config, tags, default_locking_mode };
    found.set(
      id,
      named ??
        bridged ??
        commit.insert('network', freshRef<'network'>(), { ...fields, uuid: freshUuid(), bridge: bridge(), managed: true }),
    );
  }
  return found;
};

/** The uuid of a restored device, if it is free or of a VM that gives way. */
const deviceUuid = (db: Reader, cls: 'VBD' | 'VIF', uuid: string, vm: ImportedVm, options: ImportOptions): string => {
  if (!options.restore) return freshUuid();
  const taken = db.byUuid(cls, uuid);
  return taken === undefined || db.need(cls, taken).VM === vm.replaces ? uuid : freshUuid();
};

const makeVbds = ({ db, document, options, commit, vdis }: Context, vms: ReadonlyMap<string, ImportedVm>): void => {
  for (const { record } of objectsOf(document, 'VBD')) {
    const vm = vms.get(record.VM);
    if (vm === undefined) continue;
    const vdi = vdis.get(record.VDI);
    // There are no empty disks, only empty drives.
    if (vdi === undefined && record.type !== 'CD') {
      if (record.currently_attached && vm.isSuspended && !options.force) throw new XenError('IMPORT_ERROR_ATTACHED_DISKS_NOT_FOUND');
      continue;
    }
    const { userdevice, bootable, mode, type, unpluggable, other_config, qos_algorithm_type, qos_algorithm_params } = record;
    commit.insert('VBD', freshRef<'VBD'>(), {
      ...{ userdevice, bootable, mode, type, unpluggable, other_config, qos_algorithm_type, qos_algorithm_params },
      uuid: deviceUuid(db, 'VBD', record.uuid, vm, options),
      VM: vm.ref,
      VDI: vdi ?? nullRef(),
      empty: vdi === undefined,
    });
  }
};

const makeVifs = (
  { db, document, options, commit }: Context,
  vms: ReadonlyMap<string, ImportedVm>,
  networks: ReadonlyMap<string, Ref<'network'>>,
) => {
  for (const { record } of objectsOf(document, 'VIF')) {
    const vm = vms.get(record.VM);
    if (vm === undefined) continue;
    const network = networks.get(record.network);
    if (network === undefined) throw missing(record.network);
    const { device, MTU, other_config, qos_algorithm_type, qos_algorithm_params, locking_mode, ipv4_allowed, ipv6_allowed } = record;
    const own = options.restore && record.MAC !== '';
    commit.insert('VIF', freshRef<'VIF'>(), {
      ...{ device, MTU, other_config, qos_algorithm_type, qos_algorithm_params, locking_mode, ipv4_allowed, ipv6_allowed },
      uuid: deviceUuid(db, 'VIF', record.uuid, vm, options),
      VM: vm.ref,
      network,
      MAC: own ? record.MAC : macOfSeed(vm.macSeed, device),
      MAC_autogenerated: own ? record.MAC_autogenerated : true,
    });
  }
};

/** Throws what stands against it; nothing was changed then. */
export const resolveImport = (db: Reader, document: XvaDocument, options: ImportOptions): Resolved => {
  const context: Context = { db, document, options, commit: new CommitBuilder(), vdis: new Map(), disks: [] };
  if (objectsOf(document, 'VM').length === 0) throw new XenError('IMPORT_ERROR', ['there is no VM in the file']);
  resolveDisks(context);
  const { vms, replaced } = importedVms(db, document, options, { commit: context.commit, vdis: context.vdis });
  const networks = resolveNetworks(context);
  makeVbds(context, vms);
  makeVifs(context, vms, networks);
  return {
    commit: context.commit.build(),
    replaced,
    disks: context.disks,
    vms: [...vms.values()].filter(vm => !vm.isSnapshot).map(vm => vm.ref),
  };
};
