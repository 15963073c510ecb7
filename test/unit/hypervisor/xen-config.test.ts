import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DiskSpec, GuestSpec } from '../../../src/drivers/hypervisor.ts';
import { domainName, quoted, xlConfig } from '../../../src/drivers/hypervisor/xen/config.ts';
import { diskText, vbdNumber, vdevOf } from '../../../src/drivers/hypervisor/xen/disks.ts';
import { driveArguments } from '../../../src/drivers/hypervisor/xen/drives.ts';
import { nicText } from '../../../src/drivers/hypervisor/xen/nics.ts';
import { xenPaths } from '../../../src/drivers/hypervisor/xen/paths.ts';

const MIB = 1 << 20;
const id = '6f3c2a10-0b51-4d7e-9a43-2f1f0c7d9e01';
const paths = xenPaths('/var/lib/xcp', id);
const disk: DiskSpec = {
  id: 'vbd-0',
  userdevice: '0',
  kind: 'disk',
  readOnly: false,
  bootable: true,
  source: { format: 'qcow2', path: '/sr/a, b.qcow2', sizeBytes: MIB, chain: [] },
};
const drive: DiskSpec = { id: 'vbd-3', userdevice: '3', kind: 'cd', readOnly: true, bootable: false };
const spec: GuestSpec = {
  id,
  name: 'Büro "eins", \\ two',
  vcpusAtStartup: 1,
  vcpusMax: 4,
  memoryStaticMaxBytes: 256 * MIB,
  memoryTargetBytes: 128 * MIB,
  boot: { kind: 'kernel', kernelPath: '/boot/vmlinuz', ramdiskPath: '/boot/initrd', args: 'console=hvc0 root="/dev/xvda"' },
  platform: {},
  disks: [disk, drive],
  nics: [{ id: 'vif-0', device: '0', mac: '00:16:3E:00:00:02', mtu: 1500, attachment: { kind: 'tap', ifname: 'tap0123456789ab' } }],
};

test('a PVH guest, whole', () => {
  expect(xlConfig({ ...spec, domainType: 'pvh' }, paths)).toBe(`name = "Bu-ro-eins-two.${id}"
uuid = "${id}"
type = "pvh"
vcpus = 1
maxvcpus = 4
memory = 128
maxmem = 256
kernel = "/boot/vmlinuz"
ramdisk = "/boot/initrd"
extra = "console=hvc0 root=\\"/dev/xvda\\""
disk = [ "vdev=xvda,access=rw,backendtype=qdisk,format=qcow2,discard,target=/sr/a, b.qcow2" ]
vif = [ "mac=00:16:3e:00:00:02,mtu=1500,script=/var/lib/xcp/vif-xcp,vifname=tap0123456789ab" ]
vfb = [ "vnc=1,vnclisten=unix:/var/lib/xcp/guests/${id}/vnc.sock,vncunused=0" ]
device_model_args = [ "-qmp", "unix:/var/lib/xcp/guests/${id}/monitor.sock,server=on,wait=off", "-qmp", "unix:/var/lib/xcp/guests/${id}/monitor-2.sock,server=on,wait=off" ]
on_poweroff = "preserve"
on_reboot = "preserve"
on_crash = "preserve"
on_watchdog = "preserve"
`);
});

test('PCI devices are taken from whoever has them', () => {
  expect(xlConfig({ ...spec, pci: ['0000:03:00.0', '0000:03:00.1'] }, paths)).toContain(
    'pci = [ "0000:03:00.0,seize=1", "0000:03:00.1,seize=1" ]\n',
  );
});

test.each(['pv', 'pvh'] as const)('a %s guest without disks still asks for a QEMU', domainType => {
  expect(xlConfig({ ...spec, domainType, disks: [] }, paths)).toContain('vfb = [ "vnc=1');
});

test.each([
  ['bios', 'seabios'],
  ['uefi', 'ovmf'],
] as const)('firmware %s makes an HVM guest with %s, a drive that is empty, and its own screen', (firmware, bios) => {
  const text = xlConfig({ ...spec, boot: { kind: 'firmware', firmware, order: 'DCx' }, platform: { vga: 'std', viridian: 'true' } }, paths);
  expect(text).toContain('type = "hvm"');
  expect(text).toContain(`bios = "${bios}"\nboot = "dc"`);
  // libxl knows nothing of the drive: it would be QEMU's end at the first medium.
  expect(text).not.toContain('cdrom');
  expect(text).toMatch(/"-device", "{\\"driver\\":\\"ide-cd\\",\\"id\\":\\"cd-\w{10}\\",\\"bus\\":\\"ide\.1\\",\\"unit\\":1}" \]$/m);
  expect(text).toContain(`vnclisten = "unix:${paths.vnc}"`);
  expect(text).toContain('viridian = 1');
  expect(text).not.toContain('vfb');
  expect(text).toContain('"type=vif,mac=00:16:3e:00:00:02');
});

describe('refused with the reason', () => {
  test.each<readonly [string, Partial<GuestSpec>]>([
    ['no vCPU', { vcpusAtStartup: 0 }],
    ['more vCPUs than the most', { vcpusAtStartup: 5 }],
    ['more memory than the most', { memoryTargetBytes: 257 * MIB }],
    ['a line break in the kernel arguments', { boot: { kind: 'kernel', kernelPath: '/k', args: 'a\nname = "other"' } }],
    ['a disk number out of range', { disks: [{ ...disk, userdevice: '16' }] }],
    ['a path that is not absolute', { disks: [{ ...disk, source: { format: 'raw', path: 'x', sizeBytes: 1, chain: [] } }] }],
    ['a MAC that is none', { nics: [{ id: 'v', device: '0', mac: '1,script=x', mtu: 1500, attachment: { kind: 'none' } }] }],
  ])('%s', (_name, change) => {
    expect(() => xlConfig({ ...spec, ...change }, paths)).toThrow(expect.objectContaining({ kind: 'bad-config' }));
  });
  test('a state directory whose path would be cut', () => {
    expect(() => xenPaths('/var/lib/a,b', id)).toThrow(expect.objectContaining({ kind: 'bad-config' }));
  });
  test('user-mode networking and PV in PVH', () => {
    const nic = { id: 'v', device: '0', mac: '00:16:3e:00:00:02', mtu: 1500, attachment: { kind: 'user' } } as const;
    expect(() => nicText(nic, 'pv', paths)).toThrow(expect.objectContaining({ kind: 'unsupported' }));
    expect(() => xlConfig({ ...spec, domainType: 'pv_in_pvh' }, paths)).toThrow(expect.objectContaining({ kind: 'unsupported' }));
  });
});

test('names: unique by the uuid, plain for the tools', () => {
  expect(domainName({ id, name: '日本語' })).toBe(id);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => expect(domainName({ id, name })).toMatch(/^([\w.-]+\.)?[0-9a-f-]{36}$/)));
});

test('whatever is quoted is read back by the rules of the tools', () => {
  const read = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      fc.pre(!/\p{Cc}/u.test(text));
      expect(quoted(text)).toMatch(/^"([^"\\\n]|\\.)*"$/u);
      expect(read(quoted(text))).toBe(text);
    }),
  );
});

test('numbers of devices, as the kernel gives them', () => {
  const number = (userdevice: string) => vbdNumber(vdevOf({ userdevice }));
  expect(number('0')).toBe(51712);
  expect(number('1')).toBe(51728);
  expect(number('2')).toBe(51744);
});

test('an emulated drive has its medium from the start, only to be read, at the place of its number', () => {
  const source = { format: 'raw', path: '/iso/a, b.iso', sizeBytes: MIB, chain: [] } as const;
  const [, medium = '', , device = ''] = driveArguments({ disks: [disk, { ...drive, userdevice: '2', source }] });
  expect(JSON.parse(medium)).toMatchObject({ driver: 'raw', 'read-only': true, file: { filename: source.path, locking: 'on' } });
  expect(JSON.parse(device)).toMatchObject({ driver: 'ide-cd', bus: 'ide.1', unit: 0, drive: JSON.parse(medium)['node-name'] });
  expect(() => driveArguments({ disks: [{ ...drive, userdevice: '4' }] })).toThrow(expect.objectContaining({ kind: 'bad-config' }));
});

test('a medium of a guest without drives is a read-only disk', () => {
  const source = { format: 'raw', path: '/iso/a.iso', sizeBytes: MIB, chain: [] } as const;
  expect(diskText({ ...drive, source }, 'pv')).toContain('vdev=xvdd,access=ro,devtype=cdrom,backendtype=qdisk,format=raw');
  expect(() => diskText({ ...disk, readOnly: true }, 'pvh')).toThrow(expect.objectContaining({ kind: 'unsupported' }));
});
