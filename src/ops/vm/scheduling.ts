// How a VM's vCPUs share the host's CPUs: `VCPUs_params` of the VM (mask, weight, cap), less what its host keeps from all guests
// (`guest_VCPUs_params`, mask). A running guest follows at once.

import type { Ref } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { GuestScheduling } from '../../drivers/hypervisor.ts';
import type { RecordOf } from '../../model/index.ts';
import { mapDuplicateKey, XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, Services } from '../context.ts';
import { mapped } from '../errors.ts';

type Params = Readonly<Record<string, string>>;

const MOST_WEIGHT = 65_535;
const MOST_CAP_PERCENT = 100_000;
const MOST_CPU = 4_095;

const invalid = (key: string, value: string, hint: string): XenError => new XenError('INVALID_VALUE', [`VCPUs_params:${key}`, value, hint]);

/** CPUs with commas between, ranges among them; undefined for what is no such list. */
export const parseCpus = (text: string): readonly number[] | undefined => {
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?$/.exec(part);
    const [from, to] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    if (found === null || from > to || to > MOST_CPU) return undefined;
    for (let cpu = from; cpu <= to; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
};

/** Of each vCPU in order, with semicolons between. Throws INVALID_VALUE. */
const masksOf = (text: string): readonly (readonly number[])[] =>
  text.split(';').map(part => {
    const cpus = parseCpus(part);
    if (cpus === undefined) throw invalid('mask', text, 'give numbers of CPUs with commas between, as in 0,1,4');
    return cpus;
  });

const numberOf = (params: Params, key: 'weight' | 'cap', least: number, most: number): number | undefined => {
  const text = params[key];
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) throw invalid(key, text, `give a number from ${least} to ${most}`);
  return value;
};

const allowedOn = (cpus: readonly number[], text: string, guestCpus: readonly number[] | undefined): readonly number[] => {
  if (guestCpus === undefined) return cpus;
  const left = cpus.filter(cpu => guestCpus.includes(cpu));
  if (left.length > 0) return left;
  throw invalid('mask', text, `this host runs guests on its CPUs ${guestCpus.join(',')} alone, the others are its control domain's own`);
};

/** CPUs that a host runs guests on; undefined: all. What is no list of CPUs is nobody's wish. */
export const guestCpusOf = (params: Params): readonly number[] | undefined =>
  params['mask'] === undefined ? undefined : parseCpus(params['mask']);

/** Undefined: all is as usual. Throws INVALID_VALUE for what is malformed, or for a vCPU that could run nowhere. */
export const schedulingOf = (params: Params, hostParams: Params): GuestScheduling | undefined => {
  const guestCpus = guestCpusOf(hostParams);
  const { mask } = params;
  const [weight, capPercent] = [numberOf(params, 'weight', 1, MOST_WEIGHT), numberOf(params, 'cap', 0, MOST_CAP_PERCENT)];
  const cpus = mask === undefined ? guestCpus && [guestCpus] : masksOf(mask).map(each => allowedOn(each, mask, guestCpus));
  if (weight === undefined && capPercent === undefined && cpus === undefined) return undefined;
  return {
    ...(weight !== undefined && { weight }),
    ...(capPercent !== undefined && { capPercent }),
    ...(cpus !== undefined && { cpus }),
  };
};

/** As the VM would be scheduled on this host. */
export const schedulingHere = (db: Reader, host: Ref<'host'>, vm: Pick<RecordOf<'VM'>, 'VCPUs_params'>): GuestScheduling | undefined =>
  schedulingOf(vm.VCPUs_params, db.get('host', host)?.guest_VCPUs_params ?? {});

const isLiveHere = ({ self }: Services, vm: RecordOf<'VM'>): boolean =>
  vm.resident_on === self.host && !vm.is_control_domain && (vm.power_state === 'Running' || vm.power_state === 'Paused');

/** Brings a running guest in line with the records. Rejects with what the driver says; nothing is done where it schedules no guests. */
export const applyScheduling = async (services: Services, vm: RecordOf<'VM'>): Promise<void> => {
  const { db, self, hypervisor } = services;
  if (hypervisor.setScheduling === undefined || !isLiveHere(services, vm)) return;
  await hypervisor.setScheduling(vm.uuid, schedulingHere(db, self.host, vm) ?? {});
};

/** The guest first: what it cannot have is not written down. */
const write = async (call: Call, self: Ref<'VM'>, edit: (now: Params) => Params): Promise<void> => {
  const { services } = call;
  const vm = services.db.need('VM', self);
  const wanted = { ...vm, VCPUs_params: edit(vm.VCPUs_params) };
  schedulingOf(wanted.VCPUs_params, {});
  await mapped({ vm: self }, () => applyScheduling(services, wanted));
  await change(services.db, (tx: Tx) => tx.update('VM', self, { VCPUs_params: edit(tx.need('VM', self).VCPUs_params) }));
};

const without = (params: Params, key: string): Params => Object.fromEntries(Object.entries(params).filter(([name]) => name !== key));

/** The plain setters of the field would do, but for the guest that runs. */
export const schedulingFieldOps = {
  set_VCPUs_params: (call: Call, { self, value }: { readonly self: Ref<'VM'>; readonly value: Params }): Promise<void> =>
    write(call, self, () => value),
  add_to_VCPUs_params: (
    call: Call,
    { self, key, value }: { readonly self: Ref<'VM'>; readonly key: string; readonly value: string },
  ): Promise<void> =>
    write(call, self, now => {
      if (Object.hasOwn(now, key)) throw mapDuplicateKey('VM', 'VCPUs_params', self, key);
      return { [key]: value, ...now };
    }),
  remove_from_VCPUs_params: (call: Call, { self, key }: { readonly self: Ref<'VM'>; readonly key: string }): Promise<void> =>
    write(call, self, now => without(now, key)),
  add_to_VCPUs_params_live: (
    call: Call,
    { self, key, value }: { readonly self: Ref<'VM'>; readonly key: string; readonly value: string },
  ): Promise<void> => write(call, self, now => ({ [key]: value, ...without(now, key) })),
};
