import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { guestMetricsOf, GUEST_LIMITS, printable } from '../../../src/drivers/hypervisor/xen/guest-text.ts';
import { kindOfWords, reasonOf, xlError } from '../../../src/drivers/hypervisor/xen/xl-errors.ts';
import { hostFacts, parseVcpuList } from '../../../src/drivers/hypervisor/xen/xl-info.ts';
import { guestStateOf, parseDomainList } from '../../../src/drivers/hypervisor/xen/xl-list.ts';
import { ToolError } from '../../../src/drivers/tool.ts';

const heading =
  'Name                                        ID   Mem VCPUs\tState\tTime(s)   UUID                            Reason-Code\tSecurity Label\n';
const dom0 =
  'Domain-0                                     0  1024     1     r-----     295.3 00000000-0000-0000-0000-000000000000        -                -\n';
const uuid = 'e5922332-b637-43a6-8987-a4e7c78aa374';
const row = (name: string, state: string, reason = '-'): string =>
  `${name.padEnd(40)}     7   128     2     ${state}       3.0 ${uuid}        ${reason}                -\n`;

describe('xl list -v', () => {
  test('domains without domain 0', () => {
    expect(parseDomainList(heading + dom0 + row('pv2', '-b----'))).toEqual([
      { domid: 7, uuid, name: 'pv2', memoryBytes: 128 << 20, vcpus: 2, isPaused: false, isDying: false, cpuSeconds: 3 },
    ]);
    expect(parseDomainList(heading + dom0)).toEqual([]);
  });

  test.each([
    ['r-----', '-', 'running', undefined],
    ['--p---', '-', 'paused', undefined],
    ['---s--', '0', 'running', 'poweroff'],
    ['--psr-', '1', 'paused', 'reboot'],
    ['---sr-', '1', 'running', 'reboot'],
    ['---ss-', '2', 'migrated', 'suspend'],
    ['---sc-', '3', 'crashed', 'crash'],
    ['---sw-', '4', 'crashed', 'watchdog'],
    ['---s?-', '7', 'running', 'unknown'],
  ] as const)('%s, reason %s: %s', (state, reason, wanted, shutdown) => {
    const [domain] = parseDomainList(heading + row('a', state, reason));
    expect(domain && guestStateOf(domain)).toBe(wanted);
    expect(domain?.shutdown).toBe(shutdown);
  });

  test('a name is whatever somebody gave it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), name => {
        const plain = name.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
        fc.pre(plain !== '');
        const [domain] = parseDomainList(heading + row(plain, '------'));
        expect(domain).toMatchObject({ domid: 7, uuid, name: plain });
      }),
    );
  });

  test('what is no list is refused', () => {
    expect(() => parseDomainList('libxl: error')).toThrow(expect.objectContaining({ kind: 'failed' }));
  });
});

test('xl info and the processor’s own words make the host’s facts', () => {
  const info = `host                   : h1
nr_cpus                : 4
cores_per_socket       : 2
threads_per_core       : 1
cpu_mhz                : 2596.122
virt_caps              : pv hvm hap shadow gnttab-v1 gnttab-v2
total_memory           : 3071
free_memory            : 1756
xen_version            : 4.17.5
xen_commandline        : dom0_mem=1G,max:1G com1=115200
`;
  const cpu =
    'processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: QEMU TCG: CPU\nflags\t\t: fpu de pae\n\nprocessor\t: 1\nvendor_id\t: x\n';
  expect(hostFacts(info, cpu, 1 << 30)).toEqual({
    version: '4.17.5',
    cpu: { count: 4, sockets: 2, vendor: 'AuthenticAMD', model: 'QEMU TCG: CPU', mhz: 2596, flags: ['fpu', 'de', 'pae'] },
    memoryTotalBytes: 3071 * 2 ** 20,
    memoryFreeBytes: 1756 * 2 ** 20,
    xen: expect.objectContaining({ controlDomainBytes: 1 << 30 }),
  });
  expect(() => hostFacts('', cpu)).toThrow(/nr_cpus/);
});

test('processors that are off do not count', () => {
  const text = `Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)
pv2                                  7     0    0   -b-       3.0  all / all
pv2                                  7     1    -   --p       0.0  all / all
`;
  expect(parseVcpuList(text)).toEqual({ seconds: [3], online: 1 });
});

describe('what xl says when it refuses', () => {
  test.each([
    ['nosuch is an invalid domain identifier (rc=-6)', 'not-found'],
    ['libxl: error: libxl_domain.c:81:libxl__domain_rename: Domain 8:Domain with name "pv2" already exists.', 'exists'],
    ['libxl: error: libxl_disk.c:343:device_disk_add: Domain 7:device already exists in xenstore', 'exists'],
    [`xc: error: panic: xg_dom_boot.c:119: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory`, 'no-memory'],
    ['libxl: error: libxl_device.c:455:x: Disk vdev=xvda failed to stat: /lab/nosuch.qcow2: No such file or directory', 'bad-config'],
    ['libxl: error: libxl_dm.c:3845:libxl__dm_check_start: Domain 5:device model required but not running', 'bad-state'],
    ['You are overcommmitting! You have 1 physical CPUs and want 2 vCPUs!', 'bad-config'],
    ['Failed to get "write" lock\nIs another process using the image [/a]?', 'in-use'],
    ['something nobody has seen', 'failed'],
  ] as const)('%s', (words, kind) => {
    expect(kindOfWords(words)).toBe(kind);
  });

  test('the reason without its aftermath, and without places in other people’s source', () => {
    const stderr = `Parsing config from bad.cfg
xc: error: panic: xg_dom_boot.c:119: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory
libxl: error: libxl_create.c:1640:domcreate_rebuild_done: Domain 10:cannot (re-)build domain: -3
libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 10:Non-existant domain
libxl: error: libxl_domain.c:1137:domain_destroy_callback: Domain 10:Unable to destroy guest
`;
    expect(reasonOf(stderr)).toBe("can't allocate low memory for domain: Out of memory; cannot (re-)build domain: -3");
    expect(xlError('creating the guest', new ToolError('xl', 3, stderr))).toMatchObject({
      kind: 'no-memory',
      message: expect.stringContaining('creating the guest: '),
    });
  });

  test('xl that is not there', () => {
    expect(xlError('x', new ToolError('xl', 127, 'the program xl is not installed'))).toMatchObject({ kind: 'unsupported' });
  });
});

describe('what a guest writes', () => {
  const nodes = (entries: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> =>
    new Map(Object.entries(entries).map(([path, text]) => [path, Buffer.from(text)]));
  const cards = new Map([
    [0, '0'],
    [1, '3'],
  ]);

  test('an agent of today, with the addresses of each card under its XenAPI device', () => {
    const metrics = guestMetricsOf(
      nodes({
        'attr/PVAddons/MajorVersion': '7',
        'attr/PVAddons/MinorVersion': '30',
        'attr/PVAddons/MicroVersion': '0',
        'attr/PVAddons/BuildVersion': '11',
        'attr/vif/0/ipv4/0': '10.0.0.4',
        'attr/vif/0/ipv6/0': 'fe80::1',
        'attr/eth1/ip': '192.168.7.9',
        'data/os_name': 'Debian GNU/Linux 12',
        'data/os_uname': '6.1.0',
      }),
      cards,
    );
    expect(metrics).toEqual({
      agentVersion: '7.30.0.11',
      osVersion: { name: 'Debian GNU/Linux 12', uname: '6.1.0' },
      networks: { '0/ip': '10.0.0.4', '0/ipv4/0': '10.0.0.4', '0/ipv6/0': 'fe80::1', '3/ip': '192.168.7.9', '3/ipv4/0': '192.168.7.9' },
    });
  });

  test('no agent, no metrics', () => {
    expect(guestMetricsOf(nodes({ attr: '', data: '', 'data/os_name': 'x', 'attr/eth0/ip': '10.0.0.1' }), cards)).toBeUndefined();
  });

  test.each(['999.1.1.1', '1.2.3.4; rm', 'zz::1', '<b>', '1.2.3'])('the address %s is none', address => {
    const metrics = guestMetricsOf(nodes({ 'attr/PVAddons/MajorVersion': '7', 'attr/vif/0/ipv4/0': address }), cards);
    expect(metrics).toEqual({ agentVersion: '7', osVersion: {}, networks: {} });
  });

  test('rubbish of any kind gives short, printable text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), bytes => {
        const text = printable(bytes);
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\ufffd]/u);
      }),
    );
    expect(printable(Buffer.from('a\u0000b\u001b[31m\u202ec'))).toBe('ab[31mc');
    expect(printable(Buffer.alloc(GUEST_LIMITS.valueBytes * 2, 'x'))).toHaveLength(256);
  });

  test('any nodes give bounded metrics', () => {
    const path = fc.constantFrom(
      'attr/vif/0/ipv4/0',
      'attr/vif/0/ipv6/1',
      'attr/eth1/ip',
      'data/os_name',
      'attr/PVAddons/MajorVersion',
      'x',
    );
    fc.assert(
      fc.property(fc.dictionary(path, fc.string({ unit: 'binary' })), entries => {
        const metrics = guestMetricsOf(nodes(entries), cards);
        for (const value of Object.values({ ...metrics?.networks, ...metrics?.osVersion })) expect(value.length).toBeLessThanOrEqual(256);
      }),
    );
  });
});
