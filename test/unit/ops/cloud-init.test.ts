import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostNameOf, seedFiles } from '../../../src/ops/cloud-init/files.ts';

const vm = { uuid: '11111111-2222-3333-4444-555555555555', name_label: 'web 1' };
const code = (args: Readonly<Record<string, string>>): string => {
  try {
    seedFiles(vm, args);
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('the files of a data disk', () => {
  test('metadata is made where none was given', () => {
    expect(seedFiles(vm, { vm: vm.uuid, 'user-data': '#cloud-config\n' })).toEqual({
      'meta-data': `instance-id: ${vm.uuid}\nlocal-hostname: web-1\n`,
      'user-data': '#cloud-config\n',
    });
  });

  test('what was given is taken as it is; other arguments are no files', () => {
    const given = { 'user-data': '#!/bin/sh\n', 'meta-data': 'instance-id: x\n', 'network-config': 'version: 2\n' };
    expect(seedFiles(vm, { ...given, sr: 'x', vm: vm.uuid, '../evil': 'x' })).toEqual(given);
  });

  test('addresses that interfaces were given are the network of the first boot, unless another was given', () => {
    const none = { ipv4_configuration_mode: 'None', ipv4_addresses: [], ipv4_gateway: '' } as const;
    const none6 = { ipv6_configuration_mode: 'None', ipv6_addresses: [], ipv6_gateway: '' } as const;
    const plain = { device: '1', MAC: '02:00:00:00:00:02', MTU: 1500, ...none, ...none6 };
    const fixed = {
      ...plain,
      device: '0',
      MAC: '02:00:00:00:00:AA',
      ipv4_configuration_mode: 'Static',
      ipv4_addresses: ['192.0.2.5/24'],
      ipv4_gateway: '192.0.2.1',
      ipv6_configuration_mode: 'Static',
      ipv6_addresses: ['2001:db8::5/64'],
      ipv6_gateway: '',
    } as const;
    const args = { 'user-data': '#cloud-config\n' };
    expect(JSON.parse(seedFiles(vm, args, [fixed, plain])['network-config'] ?? '')).toEqual({
      version: 2,
      ethernets: {
        vif0: {
          match: { macaddress: '02:00:00:00:00:aa' },
          dhcp4: false,
          dhcp6: false,
          'accept-ra': false,
          addresses: ['192.0.2.5/24', '2001:db8::5/64'],
          gateway4: '192.0.2.1',
        },
        vif1: { match: { macaddress: '02:00:00:00:00:02' }, dhcp4: true, addresses: [] },
      },
    });
    expect(seedFiles(vm, args, [plain])['network-config']).toBeUndefined();
    expect(seedFiles(vm, { ...args, 'network-config': 'version: 1\n' }, [fixed])['network-config']).toBe('version: 1\n');
  });

  test.each(['#cloud-config\n', '#!/bin/sh\n', 'Content-Type: multipart/mixed\n', '#include\n', '## template: jinja\n#cloud-config\n'])(
    'user data may begin with %j',
    text => expect(code({ 'user-data': text })).toBe(''),
  );

  test.each([
    ['nothing', {}],
    ['blank', { 'user-data': ' \n' }],
    ['what cloud-init would take for nothing', { 'user-data': 'packages: [vim]\n' }],
    ['too much', { 'user-data': `#!/bin/sh\n${'#'.repeat(256 * 1024)}` }],
  ])('%s is refused by name', (_name, args) => expect(code(args)).toMatch(/INVALID_VALUE.*user-data/));
});

test('any name of a VM makes a name that a host may have', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), name => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostNameOf(name))));
});
