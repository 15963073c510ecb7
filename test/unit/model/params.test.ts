import { describe, expect, test } from '@jest/globals';
import { XenError } from '../../../src/model/error.ts';
import { allMessages, decodeParams, type MessageModel, orderParams, schema } from '../../../src/model/index.ts';

const message = (name: string): MessageModel => {
  const found = allMessages().get(name);
  if (!found) throw new RangeError(name);
  return found;
};
const failure = (run: () => unknown): XenError => {
  try {
    run();
  } catch (error) {
    if (error instanceof XenError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('decodeParams', () => {
  test('gives names to what came in order', () => {
    expect(decodeParams(message('VM.start'), ['OpaqueRef:1', false, true], schema)).toEqual({
      vm: 'OpaqueRef:1',
      start_paused: false,
      force: true,
    });
  });
  test('fills in what may be left out', () => {
    expect(decodeParams(message('VM.snapshot'), ['OpaqueRef:1', 'n'], schema)).toEqual({
      vm: 'OpaqueRef:1',
      new_name: 'n',
      ignore_vdis: [],
    });
    expect(decodeParams(message('session.login_with_password'), ['u', 'p'], schema)).toMatchObject({ uname: 'u', pwd: 'p' });
  });
  test.each([
    ['VM.start', ['OpaqueRef:1'], ['VM.start', '3', '1']],
    ['VM.start', ['OpaqueRef:1', false, false, false], ['VM.start', '3', '4']],
    ['VM.get_all', ['x'], ['VM.get_all', '0', '1']],
    ['session.login_with_password', ['root'], ['session.login_with_password', '2', '1']],
  ])('%s%p has the wrong number of them', (name, args, params) => {
    expect(failure(() => decodeParams(message(name), args, schema)).description).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', ...params]);
  });
  test.each([
    ['VM.start', ['OpaqueRef:1', 'x', false], 'VM.start.start_paused: expected bool, found a text'],
    ['VM.set_order', ['OpaqueRef:1', 1.5], 'VM.set_order.value: expected int, found a fraction'],
    ['network.create', ['x'], 'network.create.args: expected record, found a text'],
    [
      'VIF.create',
      [{ device: '0' }],
      'VIF.create.args: missing network, VM, MAC, MTU, other_config, qos_algorithm_type, qos_algorithm_params',
    ],
  ])('%s%p is of the wrong type', (name, args, text) => {
    const error = failure(() => decodeParams(message(name), args, schema));
    expect(error.code).toBe('INTERNAL_ERROR');
    expect(error.params[0]).toContain(text.slice(0, 40));
  });
  test('a constructor gets its defaults', () => {
    expect(decodeParams(message('secret.create'), [{ value: 's' }], schema)).toEqual({ args: { value: 's', other_config: {} } });
  });
});

describe('orderParams', () => {
  test('leaves out what trails', () => {
    expect(orderParams(message('VM.snapshot'), { vm: 'v', new_name: 'n' })).toEqual(['v', 'n']);
    expect(orderParams(message('VM.snapshot'), { new_name: 'n', vm: 'v', ignore_vdis: ['d'] })).toEqual(['v', 'n', ['d']]);
  });
  test('puts the default of one left out before a given one', () => {
    const login = message('session.login_with_password');
    expect(orderParams(login, { uname: 'u', pwd: 'p', originator: 'me' })).toEqual(['u', 'p', expect.anything(), 'me']);
  });
  test('tells the caller of a wrong name', () => {
    expect(() => orderParams(message('VM.start'), { vm: 'v', start_paused: false })).toThrow("VM.start needs 'force'");
    expect(() => orderParams(message('VM.get_all'), { all: true })).toThrow("VM.get_all takes no 'all'");
  });
});
