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
