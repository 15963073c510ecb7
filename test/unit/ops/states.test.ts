import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { enums } from '../../../src/model/index.ts';
import { allowedOperations, listedOperations, powerStates, refusal, type VmView } from '../../../src/ops/vm/states.ts';

const vm = (fields: Partial<VmView>): VmView => ({
  power_state: 'Halted',
  current_operations: {},
  blocked_operations: {},
  is_a_template: false,
  is_default_template: false,
  is_a_snapshot: false,
  is_control_domain: false,
  other_config: {},
  ...fields,
});

// What the recorded pools show, but for operations that need agents or TPMs.
const recorded: readonly (readonly [string, Partial<VmView>, readonly string[]])[] = [
  [
    'a halted VM',
    {},
    [
      'create_vtpm',
      'destroy',
      'metadata_export',
      'export',
      'make_into_template',
      'changing_NVRAM',
      'changing_shadow_memory',
      'changing_static_range',
      'changing_dynamic_range',
      'migrate_send',
      'start_on',
      'start',
      'copy',
      'clone',
      'snapshot',
    ],
  ],
  [
    'a running VM',
    { power_state: 'Running' },
    [
      'sysprep',
      'metadata_export',
      'changing_VCPUs_live',
      'changing_dynamic_range',
      'migrate_send',
      'pool_migrate',
      'suspend',
      'hard_reboot',
      'hard_shutdown',
      'clean_reboot',
      'clean_shutdown',
      'pause',
      'checkpoint',
      'snapshot',
    ],
  ],
  ['a paused VM', { power_state: 'Paused' }, ['metadata_export', 'hard_reboot', 'hard_shutdown', 'unpause', 'checkpoint', 'snapshot']],
  [
    'a suspended VM',
    { power_state: 'Suspended' },
    ['destroy', 'metadata_export', 'export', 'migrate_send', 'resume_on', 'resume', 'hard_shutdown', 'checkpoint', 'snapshot'],
  ],
  [
    'a default template',
    { is_a_template: true, is_default_template: true },
    [
      'metadata_export',
      'export',
      'changing_NVRAM',
      'changing_shadow_memory',
      'changing_static_range',
      'changing_dynamic_range',
      'provision',
      'copy',
      'clone',
    ],
  ],
  [
    'a template of a user',
    { is_a_template: true },
    [
      'destroy',
      'metadata_export',
      'export',
      'changing_NVRAM',
      'changing_shadow_memory',
      'changing_static_range',
      'changing_dynamic_range',
      'migrate_send',
      'provision',
      'copy',
      'clone',
    ],
  ],
  ['a snapshot', { is_a_template: true, is_a_snapshot: true }, ['destroy', 'metadata_export', 'export', 'revert', 'copy', 'clone']],
  [
    'a checkpoint',
    { is_a_template: true, is_a_snapshot: true, power_state: 'Suspended' },
    ['destroy', 'metadata_export', 'export', 'hard_shutdown', 'revert', 'copy', 'clone'],
  ],
  [
    'the control domain',
    { is_control_domain: true, power_state: 'Running' },
    ['metadata_export', 'changing_static_range', 'changing_dynamic_range'],
  ],
];

test.each(recorded)('%s allows what the recordings show, in their order', (_name, fields, expected) => {
  expect(allowedOperations(vm(fields))).toEqual(expected);
});

describe('every state and every operation', () => {
  const pairs = enums.vm_power_state.flatMap(state => enums.vm_operations.map(op => [state, op] as const));
  test.each(pairs)('%s, %s', (state, op) => {
    const no = refusal('ref', vm({ power_state: state }), op);
    const expected = powerStates[op];
    if (expected.includes(state)) expect(no?.code).not.toBe('VM_BAD_POWER_STATE');
    else expect(no).toEqual({ code: 'VM_BAD_POWER_STATE', params: ['ref', expected.join(', ').toLowerCase(), state.toLowerCase()] });
  });
});

test('refusals come in the order of the API: blocked, power state, other operation, kind of VM', () => {
  const template = { is_a_template: true } as const;
  const busy = { current_operations: { task: 'start' } } as const;
  expect(refusal('v', vm({ ...template, ...busy, power_state: 'Running', blocked_operations: { start: 'no' } }), 'start')?.code).toBe(
    'OPERATION_BLOCKED',
  );
  expect(refusal('v', vm({ ...template, ...busy, power_state: 'Running' }), 'start')?.code).toBe('VM_BAD_POWER_STATE');
  expect(refusal('v', vm({ ...template, ...busy }), 'start')).toEqual({
    code: 'OTHER_OPERATION_IN_PROGRESS',
    params: ['VM', 'v', 'start', 'task'],
  });
  expect(refusal('v', vm(template), 'start')).toEqual({ code: 'VM_IS_TEMPLATE', params: ['v', 'start'] });
});

test('a forced stop overrules a polite one, and nothing else', () => {
  const during = (op: 'clean_shutdown' | 'snapshot') => vm({ power_state: 'Running', current_operations: { t: op } });
  expect(refusal('v', during('clean_shutdown'), 'hard_shutdown')).toBeUndefined();
  expect(refusal('v', during('snapshot'), 'hard_shutdown')?.code).toBe('OTHER_OPERATION_IN_PROGRESS');
});

test('allowed operations are exactly the listed ones that are not refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...enums.vm_power_state),
      fc.boolean(),
      fc.boolean(),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(...enums.vm_operations)),
      fc.dictionary(fc.constantFrom(...enums.vm_operations), fc.string()),
      (power_state, is_a_template, is_a_snapshot, current_operations, blocked_operations) => {
        const view = vm({
          power_state,
          is_a_template: is_a_template || is_a_snapshot,
          is_a_snapshot,
          current_operations,
          blocked_operations,
        });
        const allowed = new Set(allowedOperations(view));
        for (const op of listedOperations) expect(allowed.has(op)).toBe(refusal('', view, op) === undefined);
      },
    ),
  );
});
