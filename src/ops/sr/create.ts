// SR.create, introduce, forget, destroy.
//
//   create: format · attach · commit* (SR and its PBD)

import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { Plan, PlannedStep, StepKind } from '../../engine/types.ts';
import type { StorageDriver } from '../../drivers/storage.ts';
import type { BoundParamsOf, RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { mapped } from '../errors.ts';
import { holding, runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { deleteVdi } from '../vdi/create.ts';
import { isAttached } from './attached.ts';
import { scanSr } from './scan.ts';
import { refreshSr } from './sizes.ts';

type SrArgs = {
  readonly uuid: string;
  readonly type: string;
  readonly deviceConfig: Readonly<Record<string, string>>;
  readonly name: string;
  readonly description: string;
};

/** Throws SR_UNKNOWN_DRIVER. */
export const driverOfType = (services: Services, type: string): StorageDriver => {
  const driver = services.storage.get(type);
  if (!driver) throw new XenError('SR_UNKNOWN_DRIVER', [type]);
  return driver;
};

/** Makes an SR usable here. Idempotent. */
export const attachSr = async (
  services: Services,
  uuid: string,
  type: string,
  deviceConfig: Readonly<Record<string, string>>,
): Promise<void> => {
  if (services.attachedSrs.has(uuid)) return;
  services.attachedSrs.set(uuid, await driverOfType(services, type).attach(uuid, deviceConfig));
};

/** Lets go of an SR on this host. Idempotent. */
export const detachSr = async (services: Services, uuid: string): Promise<void> => {
  const driver = services.attachedSrs.get(uuid);
  services.attachedSrs.delete(uuid);
  await driver?.close();
};

const step = (id: string, kind: string, label: string, args: SrArgs): PlannedStep => ({ id, kind, label, weight: 1, args: toJson(args) });

const format = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'sr.format',
  run: async (context, json) => {
    const { uuid, type, deviceConfig, name, description } = fromJson<SrArgs>(json);
    await driverOfType(services, type).create(uuid, deviceConfig, { name, description });
    await context.remember({ made: true });
    return null;
  },
  undo: async (context, json) => {
    // A place that was refused belongs to someone else.
    if (context.note === undefined) return;
    const { uuid, type, deviceConfig } = fromJson<SrArgs>(json);
    await driverOfType(services, type).destroy(uuid, deviceConfig);
  },
});

const attach = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'sr.attach',
  run: async (_context, json) => {
    const { uuid, type, deviceConfig } = fromJson<SrArgs>(json);
    await attachSr(services, uuid, type, deviceConfig);
    return null;
  },
  undo: (_context, json) => detachSr(services, fromJson<SrArgs>(json).uuid),
});

export const srKinds = (services: Services): readonly StepKind<JsonObject, null>[] => [format(services), attach(services)];

const createPlan = (
  params: BoundParamsOf<'SR.create'>,
  fields: { readonly sr: Ref<'SR'>; readonly uuid: string; readonly deviceConfig: Readonly<Record<string, string>> },
): Plan => {
  const { sr, uuid, deviceConfig } = fields;
  const args: SrArgs = { uuid, type: params.type, deviceConfig, name: params.name_label, description: params.name_description };
  const commit = new CommitBuilder();
  commit.insert('SR', sr, {
    uuid,
    name_label: params.name_label,
    name_description: params.name_description,
    type: params.type,
    content_type: params.content_type,
    shared: params.shared,
    sm_config: params.sm_config,
  });
  commit.insert('PBD', freshRef<'PBD'>(), { host: params.host, SR: sr, device_config: deviceConfig, currently_attached: true });
  return {
    kind: 'SR.create',
    locks: [sr],
    steps: [
      step('format', 'sr.format', 'making the storage repository', args),
      step('attach', 'sr.attach', 'attaching the storage repository', args),
      commitStep('commit', 'recording the storage repository', commit.build()),
    ],
    pivot: 'commit',
  };
};

const create = async (call: Call, params: BoundParamsOf<'SR.create'>): Promise<Ref<'SR'>> => {
  const { services } = call;
  services.db.need('host', params.host);
  driverOfType(services, params.type);
  const sr = freshRef<'SR'>();
  const plan = createPlan(params, { sr, uuid: freshUuid(), deviceConfig: params.device_config });
  await mapped({ sr }, () => runPlan(call, plan));
  await refreshSr(services, sr);
  await scanSr(services, sr);
  return sr;
};

/** Pool and host settings that name an SR which is no more. */
const unset = (tx: Tx, sr: Ref<'SR'>): void => {
  for (const field of ['default_SR', 'suspend_image_SR', 'crash_dump_SR'] as const) {
    for (const pool of Array.from(tx.referrers('pool', field, sr))) tx.update('pool', pool, { [field]: nullRef<'SR'>() });
  }
  for (const field of ['suspend_image_sr', 'crash_dump_sr', 'local_cache_sr'] as const) {
    for (const host of Array.from(tx.referrers('host', field, sr))) tx.update('host', host, { [field]: nullRef<'SR'>() });
  }
  for (const vm of Array.from(tx.referrers('VM', 'suspend_SR', sr))) tx.update('VM', vm, { suspend_SR: nullRef() });
};

const deleteSr = (tx: Tx, ref: Ref<'SR'>): void => {
  const sr = tx.need('SR', ref);
  for (const vdi of sr.VDIs) deleteVdi(tx, vdi);
  for (const pbd of sr.PBDs) tx.delete('PBD', pbd);
  unset(tx, ref);
  tx.delete('SR', ref);
};

const assertUnplugged = (db: Reader, ref: Ref<'SR'>): RecordOf<'SR'> => {
  const sr = db.need('SR', ref);
  if (isAttached(db, ref)) throw new XenError('SR_HAS_PBD', [ref]);
  return sr;
};

const forget = (call: Call, ref: Ref<'SR'>): Promise<void> =>
  holding(
    call,
    [{ cls: 'SR', ref, op: 'forget' }],
    tx => {
      assertUnplugged(tx, ref);
    },
    () => change(call.services.db, tx => deleteSr(tx, ref)),
    { sr: ref },
  );

const destroy = (call: Call, ref: Ref<'SR'>): Promise<void> => {
  const { services } = call;
  return holding(
    call,
    [{ cls: 'SR', ref, op: 'destroy' }],
    tx => {
      const sr = assertUnplugged(tx, ref);
      if (sr.VDIs.length > 0) throw new XenError('SR_NOT_EMPTY');
      if (sr.PBDs.length === 0) throw new XenError('SR_HAS_NO_PBDS', [ref]);
    },
    async () => {
      const sr = services.db.need('SR', ref);
      const pbd = sr.PBDs.map(item => services.db.need('PBD', item)).find(item => item.host === services.self.host);
      if (!pbd) throw new XenError('SR_HAS_NO_PBDS', [ref]);
      await driverOfType(services, sr.type).destroy(sr.uuid, pbd.device_config);
      await change(services.db, tx => deleteSr(tx, ref));
    },
    { sr: ref },
  );
};

export const createOps: OpsOf<'SR'> = {
  create: (call, params) => create(call, params),
  introduce: (call, { uuid, name_label, name_description, type, content_type, shared, sm_config }) => {
    driverOfType(call.services, type);
    return change(call.services.db, tx => {
      const chosen = uuid === '' ? freshUuid() : uuid;
      if (tx.byUuid('SR', chosen) !== undefined) throw new XenError('SR_UUID_EXISTS', [chosen]);
      return tx.insert('SR', { uuid: chosen, name_label, name_description, type, content_type, shared, sm_config });
    });
  },
  forget: (call, { sr }) => forget(call, sr),
  destroy: (call, { sr }) => destroy(call, sr),
};
