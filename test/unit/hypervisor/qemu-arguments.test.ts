import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DiskSpec, DriverError, type GuestSpec, type NicSpec } from '../../../src/drivers/hypervisor.ts';
import { qemuArguments } from '../../../src/drivers/hypervisor/qemu/args.ts';
import { bootIndexes, diskDevice, nicDevice } from '../../../src/drivers/hypervisor/qemu/devices.ts';
import { deviceId, fileNodeName, nodeName, openVolume } from '../../../src/drivers/hypervisor/qmp/nodes.ts';
import { guestPaths } from '../../../src/drivers/hypervisor/guest-paths.ts';

const id = '11111111-2222-3333-4444-555555555555';
const paths = guestPaths('/var/lib/xcp', id);
const source = {
  format: 'qcow2',
  path: '/sr/top,with=odd.qcow2',
  sizeBytes: 1 << 30,
  chain: [{ format: 'raw', path: '/sr/base.raw' }],
} as const;
const disk: DiskSpec = { id: 'vbd', userdevice: '0', kind: 'disk', readOnly: false, bootable: true, source };
const cd: DiskSpec = { id: 'cd', userdevice: '3', kind: 'cd', readOnly: true, bootable: false };
const nic: NicSpec = { id: 'vif', device: '0', mac: '52:54:00:00:00:01', mtu: 1500, attachment: { kind: 'tap', ifname: 'tap0' } };
const spec: GuestSpec = {
  id,
  name: 'web, "one"',
  vcpusAtStartup: 1,
  vcpusMax: 4,
  memoryStaticMaxBytes: 128 << 20,
  memoryTargetBytes: 128 << 20,
  boot: { kind: 'kernel', kernelPath: '/k', ramdiskPath: '/r', args: 'console=ttyS0' },
  platform: {},
  disks: [disk, cd],
  nics: [nic],
};

const argumentsOf = (more: Partial<GuestSpec> = {}, incoming = false): readonly string[] =>
  qemuArguments({ spec: { ...spec, ...more }, paths, accelerator: 'tcg', incoming });
const valuesOf = (args: readonly string[], option: string): readonly string[] => args.filter((_, i) => args[i - 1] === option);

const model = (vcpusMax: number, platform: GuestSpec['platform'] = {}) => ({ vcpusMax, platform });

describe('the command line', () => {
  test('a guest starts stopped, without defaults, in the sandbox', () => {
    const args = argumentsOf();
    for (const option of ['-S', '-nodefaults', '-no-user-config']) expect(args).toContain(option);
    expect(valuesOf(args, '-sandbox')).toEqual([expect.stringContaining('spawn=deny')]);
  });

  test('commas in names are doubled', () => {
    expect(valuesOf(argumentsOf(), '-name')).toEqual(['guest=web,, "one"']);
  });

  test('only a guest that comes from elsewhere waits for memory', () => {
    expect(argumentsOf()).not.toContain('-incoming');
    expect(valuesOf(argumentsOf({}, true), '-incoming')).toEqual(['defer']);
  });

  test('processors may grow to the most', () => {
    expect(valuesOf(argumentsOf(), '-smp')).toEqual(['cpus=1,maxcpus=4,sockets=4,cores=1,threads=1']);
    expect(valuesOf(argumentsOf({ platform: { 'cores-per-socket': '2' } }), '-smp')).toEqual([
      'cpus=1,maxcpus=4,sockets=2,cores=2,threads=1',
    ]);
    expect(valuesOf(argumentsOf({ platform: { 'cores-per-socket': '3' } }), '-smp')).toEqual([
      'cpus=1,maxcpus=4,sockets=4,cores=1,threads=1',
    ]);
  });

  test.each([
    ['no processor', { vcpusAtStartup: 0 }],
    ['more processors than the most', { vcpusAtStartup: 5 }],
    ['a disk number too high', { disks: [{ ...disk, userdevice: '16' }] }],
    ['a disk number that is none', { disks: [{ ...disk, userdevice: 'autodetect' }] }],
    ['a disk without a volume', { disks: [{ ...cd, kind: 'disk' as const }] }],
    ['too many CD drives', { disks: Array.from({ length: 7 }, (_, i) => ({ ...cd, id: `cd${i}`, userdevice: String(i) })) }],
    ['a card number too high', { nics: [{ ...nic, device: '14' }] }],
  ])('%s is refused', (_name, more) => {
    expect(() => argumentsOf(more)).toThrow(DriverError);
  });

  test('a kernel is given with its ramdisk and arguments; firmware gets an order', () => {
    const kernel = argumentsOf();
    expect([valuesOf(kernel, '-kernel'), valuesOf(kernel, '-initrd'), valuesOf(kernel, '-append')]).toEqual([
      ['/k'],
      ['/r'],
      ['console=ttyS0'],
    ]);
    const firmware = argumentsOf({ boot: { kind: 'firmware', firmware: 'bios', order: 'dc' } });
    expect(firmware).not.toContain('-kernel');
    const indexes = valuesOf(firmware, '-device')
      .map(text => JSON.parse(text))
      .filter(device => 'bootindex' in device);
    expect(indexes.map(device => [device.id, device.bootindex])).toEqual([
      [deviceId('disk', 'vbd'), 2],
      [deviceId('cd', 'cd'), 1],
    ]);
  });

  test('every -device and -blockdev is JSON', () => {
    const args = argumentsOf();
    for (const text of [...valuesOf(args, '-device'), ...valuesOf(args, '-blockdev')]) expect(typeof JSON.parse(text)).toBe('object');
  });
});

describe('places of devices', () => {
  test('follow from the number alone, whatever else the guest has', () => {
    expect(diskDevice(disk, model(4))).toMatchObject({ bus: 'hot', addr: '0x1' });
    expect(diskDevice({ ...disk, userdevice: '15' }, model(4))).toMatchObject({ addr: '0x10' });
    expect(nicDevice(nic, model(4))).toMatchObject({ addr: '0x11' });
    expect(nicDevice({ ...nic, device: '13' }, model(4))).toMatchObject({ addr: '0x1e' });
  });

  test('no two disks and cards share one', () => {
    const disks = Array.from({ length: 16 }, (_, i) => diskDevice({ ...disk, userdevice: String(i) }, model(1))['addr']);
    const nics = Array.from({ length: 14 }, (_, i) => nicDevice({ ...nic, device: String(i) }, model(4))['addr']);
    expect(new Set([...disks, ...nics]).size).toBe(30);
  });

  test('the number of queues does not depend on how many processors there are now', () => {
    expect(diskDevice(disk, model(2))['num-queues']).toBe(2);
    expect(diskDevice(disk, model(64))['num-queues']).toBe(4);
  });

  test('a system without paravirtual drivers has its first six disks on SATA and cards it knows', () => {
    const emulated = model(4, { 'disk-bus': 'sata', 'nic-model': 'e1000' });
    expect(diskDevice({ ...disk, userdevice: '5' }, emulated)).toMatchObject({ driver: 'ide-hd', bus: 'sata.5' });
    expect(diskDevice({ ...disk, userdevice: '6' }, emulated)).toMatchObject({ driver: 'virtio-blk-pci', bus: 'hot', addr: '0x7' });
    expect(nicDevice({ ...nic, mtu: 9000 }, emulated)).toEqual({ ...nicDevice(nic, model(4)), driver: 'e1000' });
    const devices = (platform: GuestSpec['platform']) =>
      valuesOf(argumentsOf({ platform }), '-device').map(text => JSON.parse(text).driver);
    expect(devices({ 'disk-bus': 'sata' })).toEqual(expect.arrayContaining(['ahci', 'ide-hd']));
    expect(devices({})).not.toContain('ahci');
  });

  test('boot order: bootable disks first, each device once', () => {
    const second: DiskSpec = { ...disk, id: 'other', userdevice: '0', bootable: false };
    const order = bootIndexes('CDNC', [second, { ...disk, userdevice: '1' }, cd], [nic]);
    expect([...order.keys()]).toEqual(['vbd', 'other', 'cd', 'vif']);
  });
});

describe('block nodes', () => {
  test('names fit into what QEMU takes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (diskId, path) => {
        expect(fileNodeName(nodeName(diskId, path))).toMatch(/^[a-z][a-z0-9.-]{0,30}$/);
      }),
    );
  });

  test('two disks that share a layer have two nodes of it', () => {
    expect(nodeName('one', '/base')).not.toBe(nodeName('two', '/base'));
  });

  test('a chain is opened whole, the bottom stands on nothing', () => {
    const options = openVolume('vbd', source, { readOnly: false, below: 'chain' });
    expect(options).toMatchObject({
      driver: 'qcow2',
      'read-only': false,
      backing: { driver: 'raw', 'node-name': nodeName('vbd', '/sr/base.raw') },
    });
    expect(options['backing']).not.toHaveProperty('backing');
  });

  test('an overlay is opened alone', () => {
    expect(openVolume('vbd', source, { readOnly: false, below: 'none' })).toMatchObject({ backing: null });
  });

  test('a device is opened as one, a file with its lock', () => {
    const device = openVolume('vbd', { ...source, format: 'raw', path: '/dev/vg/x', chain: [] }, { readOnly: true, below: 'chain' });
    expect(device).toMatchObject({ file: { driver: 'host_device' }, 'read-only': true });
    expect(openVolume('vbd', source, { readOnly: true, below: 'none' })).toMatchObject({ file: { driver: 'file', locking: 'on' } });
  });
});

describe('paths', () => {
  test.each(['/var/lib/xcp', `/tmp/${'long/'.repeat(30)}state`, '/a'])('sockets below %s have short paths', stateDir => {
    const { monitor, secondMonitor, serial, vnc, agent, stream } = guestPaths(stateDir, id);
    for (const path of [monitor, secondMonitor, serial, vnc, agent, stream]) expect(path.length).toBeLessThanOrEqual(100);
  });

  test('two state directories never share a socket', () => {
    const long = (name: string): string => `/tmp/${'long/'.repeat(30)}${name}`;
    expect(guestPaths(long('a'), id).monitor).not.toBe(guestPaths(long('b'), id).monitor);
  });
});
