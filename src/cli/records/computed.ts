// Fields that are not in the object's record: joins over other objects and answers of other calls. By `<api class>.<field>`.

import { isNullRef } from '../../lib/brand.ts';
import { isXenError } from '../../model/error.ts';
import { asRecord } from './objects.ts';
import type { Field } from './spec.ts';
import { NOT_IN_DATABASE, type Subject } from './value.ts';

type Compute = (subject: Subject) => Promise<string>;

const UNKNOWN = '<unknown>';
const INCONSISTENT = '<inconsistent>';

export const computed = async (field: Field, subject: Subject): Promise<string> => {
  const compute = table[`${subject.spec.api}.${field.name}`];
  if (compute === undefined) throw new RangeError(`no rule for ${subject.spec.api}.${field.name}`);
  try {
    return await compute(subject);
  } catch (error) {
    // A server that is too old for the call has no such value.
    if (isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) return field.rest.missing ?? NOT_IN_DATABASE;
    throw error;
  }
};

const text = (value: unknown): string => String(value);
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** What `compute` gives, or `fallback` if the server refuses. */
const orElse =
  (fallback: string, compute: Compute): Compute =>
  async subject => {
    try {
      return await compute(subject);
    } catch (error) {
      if (isXenError(error)) return fallback;
      throw error;
    }
  };

const uuids = async (subject: Subject, cls: string, refs: readonly string[], separator: string): Promise<string> =>
  (await Promise.all(refs.map(async ref => (await subject.objects.uuid(cls, ref)) ?? NOT_IN_DATABASE))).join(separator);

/** Result of a call that takes the object alone. */
const ask = async ({ session, spec, ref }: Subject, message: string): Promise<unknown> =>
  await session.raw(`${spec.api}.${message}`, [ref]);

/** One figure of a guest or a host, in KiB per second. */
const rate = (owner: 'VM' | 'host', source: (device: string) => string): Compute =>
  orElse(UNKNOWN, async ({ session, record }) => {
    const value = await session.raw(`${owner}.query_data_source`, [record[owner], source(text(record['device']))]);
    return (Number(value) / 1024).toFixed(3);
  });

/** The one value that all hosts have. */
const overHosts =
  (message: string): Compute =>
  async ({ session }) => {
    const hosts = list(await session.raw('host.get_all'));
    const values = new Set(await Promise.all(hosts.map(async host => text(await session.raw(message, [host])))));
    return values.size === 1 ? ([...values][0] ?? INCONSISTENT) : INCONSISTENT;
  };

/** Objects of host_patch lead from hosts to patches and back. */
const throughHostPatch =
  (refs: string, end: string, cls: string): Compute =>
  async subject => {
    const links = await Promise.all(list(subject.record[refs]).map(async ref => await subject.objects.record('host_patch', ref)));
    return await uuids(
      subject,
      cls,
      links.flatMap(link => (link === undefined ? [] : [text(link[end])])),
      ', ',
    );
  };

const pciIds: Compute = async ({ objects, spec, record }) => {
  const pci = spec.api === 'PCI' ? record : await objects.record('PCI', text(record['PCI']));
  const others = await Promise.all(list(pci?.['dependencies']).map(async ref => await objects.record('PCI', ref)));
  return others.map(other => text(other?.['pci_id'] ?? NOT_IN_DATABASE)).join('; ');
};

const variantName =
  (source: string): Compute =>
  async ({ objects, record }) => {
    const ref = text(record[source]);
    if (isNullRef(ref)) return '<none>';
    return text((await objects.record('Driver_variant', ref))?.['name'] ?? '<none>');
  };

const variants =
  (describe: (variant: Readonly<Record<string, unknown>>) => string | undefined): Compute =>
  async ({ objects, record }) => {
    const all = await Promise.all(list(record['variants']).map(async ref => await objects.record('Driver_variant', ref)));
    const present = all.filter(each => each !== undefined).toSorted((a, b) => Number(b['priority']) - Number(a['priority']));
    return present
      .map(describe)
      .filter(each => each !== undefined)
      .join('; ');
  };

const isDriversChoice =
  (source: string): Compute =>
  async ({ objects, record, ref }) =>
    text((await objects.record('Host_driver', text(record['driver'])))?.[source] === ref);

const table: Readonly<Record<string, Compute>> = {
  'SR.host': async ({ objects, record }) => {
    const pbds = list(record['PBDs']);
    if (pbds.length > 1) return '<shared>';
    const [only] = pbds;
    const pbd = only === undefined ? undefined : await objects.record('PBD', only);
    return pbd === undefined ? NOT_IN_DATABASE : ((await objects.name('host', text(pbd['host']))) ?? NOT_IN_DATABASE);
  },
  'VBD.vdi-name-label': async ({ objects, record }) =>
    record['empty'] === true ? '<EMPTY>' : ((await objects.name('VDI', text(record['VDI']))) ?? NOT_IN_DATABASE),
  'VBD.attachable': async subject => {
    try {
      await ask(subject, 'assert_attachable');
      return 'true';
    } catch (error) {
      if (isXenError(error)) return `false (error: ${error.code}: [ ${error.params.join('; ')} ])`;
      throw error;
    }
  },
  'VBD.io_read_kbs': rate('VM', device => `vbd_${device}_read`),
  'VBD.io_write_kbs': rate('VM', device => `vbd_${device}_write`),
  'VIF.io_read_kbs': rate('VM', device => `vif_${device}_rx`),
  'VIF.io_write_kbs': rate('VM', device => `vif_${device}_tx`),
  'PIF.io_read_kbs': rate('host', device => `pif_${device}_rx`),
  'PIF.io_write_kbs': rate('host', device => `pif_${device}_tx`),
  'PIF.duplex': async ({ objects, record }) => {
    const metrics = await objects.record('PIF_metrics', text(record['metrics']));
    if (metrics === undefined) return NOT_IN_DATABASE;
    if (metrics['duplex'] === true) return 'full';
    return metrics['carrier'] === true ? 'half' : 'unknown';
  },
  'VM.memory-target': async ({ session, ref }) => {
    try {
      return text(Math.trunc(Number(await session.raw('VM.query_data_source', [ref, 'memory_target']))));
    } catch (error) {
      if (isXenError(error)) return error.code === 'VM_BAD_POWER_STATE' ? '0' : UNKNOWN;
      throw error;
    }
  },
  'VM.allowed-VBD-devices': orElse('', async subject => list(await ask(subject, 'get_allowed_VBD_devices')).join('; ')),
  'VM.allowed-VIF-devices': orElse('', async subject => list(await ask(subject, 'get_allowed_VIF_devices')).join('; ')),
  'VM.possible-hosts': orElse(UNKNOWN, async subject => await uuids(subject, 'host', list(await ask(subject, 'get_possible_hosts')), '; ')),
  'VM.VCPUs-utilisation': orElse('', async ({ session, objects, record, ref }) => {
    const count = Number((await objects.record('VM_metrics', text(record['metrics'])))?.['VCPUs_number'] ?? 0);
    const shares = await Promise.all(
      Array.from(
        { length: count },
        async (_, i) => `${i}: ${Number(await session.raw('VM.query_data_source', [ref, `cpu${i}`])).toFixed(3)}`,
      ),
    );
    return shares.join('; ');
  }),
  'VM.cooperative': orElse('true', async subject => text(await ask(subject, 'get_cooperative'))),
  'VDI.metadata-of-pool': async ({ session, objects, record, ref }) => {
    const pool = text(record['metadata_of_pool']);
    const own = isNullRef(pool) ? undefined : await objects.uuid('pool', pool);
    if (own !== undefined) return own;
    if (isNullRef(pool)) return NOT_IN_DATABASE;
    return text(await session.raw('VDI.read_database_pool_uuid', [ref])) || NOT_IN_DATABASE;
  },
  'host.memory-free-computed': orElse(UNKNOWN, async subject => text(await ask(subject, 'compute_free_memory'))),
  'host.patches': throughHostPatch('patches', 'pool_patch', 'pool_patch'),
  'pool_patch.hosts': throughHostPatch('host_patches', 'host', 'host'),
  'host_cpu.utilisation': orElse(UNKNOWN, async ({ session, record }) =>
    Number(await session.raw('host.query_data_source', [record['host'], `cpu${text(record['number'])}`])).toFixed(3),
  ),
  'network_sriov.remaining-capacity': orElse(UNKNOWN, async subject => text(await ask(subject, 'get_remaining_capacity'))),
  'pool.supported-sr-types': orElse(UNKNOWN, async ({ session }) => list(await session.raw('SR.get_supported_types')).join('; ')),
  'pool.license-state': orElse(UNKNOWN, async subject =>
    Object.entries(asRecord(await ask(subject, 'get_license_state')) ?? {})
      .map(([key, value]) => `${key}: ${text(value)}`)
      .join('; '),
  ),
  'pool.https-only': async ({ session }) => {
    const hosts = list(await session.raw('host.get_all'));
    return text((await Promise.all(hosts.map(host => session.raw('host.get_https_only', [host])))).every(value => value === true));
  },
  'pool.ssh-enabled': overHosts('host.get_ssh_enabled'),
  'pool.ssh-enabled-timeout': overHosts('host.get_ssh_enabled_timeout'),
  'pool.ssh-expiry': overHosts('host.get_ssh_expiry'),
  'pool.console-idle-timeout': overHosts('host.get_console_idle_timeout'),
  'pool.ssh-auto-mode': overHosts('host.get_ssh_auto_mode'),
  'PGPU.dependencies': pciIds,
  'PCI.dependencies': pciIds,
  'GPU_group.enabled-VGPU-types': async subject =>
    await uuids(subject, 'VGPU_type', list(await ask(subject, 'get_enabled_VGPU_types')), '; '),
  'GPU_group.supported-VGPU-types': async subject =>
    await uuids(subject, 'VGPU_type', list(await ask(subject, 'get_supported_VGPU_types')), '; '),
  'VGPU.type-model-name': orElse(NOT_IN_DATABASE, async ({ session, record }) =>
    text(await session.raw('VGPU_type.get_model_name', [record['type']])),
  ),
  'VGPU.compatibility-metadata': async ({ record }) =>
    Object.entries(asRecord(record['compatibility_metadata']) ?? {})
      .map(([key, value]) => `${key}:(${Buffer.byteLength(text(value))} bytes)`)
      .join('; '),
  'VGPU_type.max-resolution': async ({ record }) => `${text(record['max_resolution_x'])}x${text(record['max_resolution_y'])}`,
  'Driver_variant.active': isDriversChoice('active_variant'),
  'Driver_variant.selected': isDriversChoice('selected_variant'),
  'Host_driver.active-variant': variantName('active_variant'),
  'Host_driver.selected-variant': variantName('selected_variant'),
  'Host_driver.variants': variants(variant => `${text(variant['name'])}/${text(variant['version'])}`),
  'Host_driver.variants-dev-status': variants(variant => `${text(variant['name'])}=${text(variant['status'])}`),
  'Host_driver.variants-uuid': variants(variant => `${text(variant['name'])}/${text(variant['uuid'])}`),
  'Host_driver.variants-hw-present': variants(variant => (variant['hardware_present'] === true ? text(variant['name']) : undefined)),
  'VTPM.secret': orElse(UNKNOWN, async subject => {
    const { createHash } = await import('node:crypto');
    const contents = Buffer.from(text(await ask(subject, 'get_contents')), 'utf8');
    return `MD5=${createHash('md5').update(contents).digest('hex')} size=${contents.length} bytes`;
  }),
};
