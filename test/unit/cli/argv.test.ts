// The grammar of `xe`, case by case; any words give an invocation or a UsageError.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseInvocation } from '../../../src/cli/argv.ts';
import { Args, parseBool, parseBytes } from '../../../src/cli/args.ts';
import { CommandError, UsageError } from '../../../src/cli/exit.ts';
import { parseRc, splitExtraArgs } from '../../../src/cli/rc.ts';

const parse = (argv: readonly string[], extra: readonly string[] = [], rc: readonly string[] = []) => parseInvocation({ argv, extra, rc });

test('words become a name and parameters, in order, repeated keys kept', () => {
  expect(parse(['vm-list', '--minimal', 'name-label=a=b', 'bare', 'name-label=c'])).toEqual({
    kind: 'command',
    name: 'vm-list',
    params: [
      ['minimal', 'true'],
      ['name-label', 'a=b'],
      ['bare', ''],
      ['name-label', 'c'],
    ],
    connection: { noTls: false, debug: false, insecure: false },
  });
});

test.each([
  [['-s', 'h', '-u', 'u', '-pw', 'p', 'vm-list'], { server: 'h', userName: 'u', password: 'p' }],
  [['vm-list', 'server=h', 'username=u', 'password=p'], { server: 'h', userName: 'u', password: 'p' }],
  [['vm-list', '-p', '444', '--nossl'], { port: 444, noTls: true }],
  [['vm-list', '--fingerprint', 'ab', '--insecure'], { fingerprint: 'ab', insecure: true }],
])('%j says how to connect', (argv, connection) => {
  expect(parse(argv)).toMatchObject({ kind: 'command', name: 'vm-list', params: [], connection });
});

test('the command line wins over XE_EXTRA_ARGS, that over ~/.xe', () => {
  const invocation = parse(
    ['vm-list', 'a=1', '-s', 'x'],
    ['a=2', 'b=2', 'server=y', 'username=e'],
    ['a=3', 'c=3', 'server=z', 'username=r', 'password=p'],
  );
  expect(invocation).toMatchObject({ connection: { server: 'x', userName: 'e', password: 'p' } });
  const args = new Args(invocation.kind === 'command' ? invocation.params : []);
  expect(['a', 'b', 'c'].map(key => args.get(key))).toEqual(['1', '2', '3']);
});

test.each([[['vm-list', '-x', 'y']], [['vm-list', '-']], [['vm-list=x']], [['uuid=x', 'vm-list']]])('%j is a syntax error', argv => {
  expect(() => parse(argv)).toThrow(new UsageError('Syntax error: '));
});

test.each([[[]], [['--help']]])('%j asks for the usage', argv => {
  expect(parse(argv)).toEqual({ kind: 'usage' });
});

test.each([[['vm-list', '-help']], [['--help', '-s', 'x', 'vm-list']]])('%j asks for the usage of a command', argv => {
  expect(parse(argv)).toEqual({ kind: 'usage', about: 'vm-list' });
});

test('a port that is none is told with the usage', () => {
  expect(parse(['-p', '70000', 'vm-list'])).toEqual({ kind: 'usage', note: 'Port number must be an integer (0-65535)' });
});

test('any words give an invocation or a UsageError', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('-s', '-pw', '--minimal', '-', '--', '=', 'a=b', '-version', '--fingerprint'));
  fc.assert(
    fc.property(fc.array(word), fc.array(word), fc.array(word), (argv, extra, rc) => {
      try {
        expect(['command', 'usage', 'protocol-version']).toContain(parse(argv, extra, rc).kind);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});

test('XE_EXTRA_ARGS: commas separate, a backslash keeps one and else goes', () => {
  expect(splitExtraArgs('a=1,name=x\\,y,b\\c,,')).toEqual(['a=1', 'name=x,y', 'bc']);
});

test('one bad line of ~/.xe and none counts', () => {
  expect(parseRc('server=h\n\nusername=u\n')).toEqual({ lines: ['server=h', 'username=u'], problem: undefined });
  expect(parseRc('server=h\nbroken\n').lines).toEqual([]);
});

test('map parameters by colon and in the old form', () => {
  const args = new Args([
    ['other-config:a:b', '1'],
    ['other-config-c', '2'],
    ['other-config:a:b', '3'],
    ['other-config:', '4'],
  ]);
  expect(args.map('other-config')).toEqual({ 'a:b': '1', c: '2' });
});

test.each([
  ['10', 10],
  ['3k', 3072],
  ['2 MiB', 2 ** 21],
  ['1gib', 2 ** 30],
  ['4T', 2 ** 42],
  ['7 bytes', 7],
])('%s is a size', (text, size) => {
  expect(parseBytes('size', text)).toBe(size);
});

test.each(['', '-1', '1.5GiB', '10GiBB', '9999999999T'])("'%s' is no size", text => {
  expect(() => parseBytes('size', text)).toThrow(CommandError);
});

test('booleans in the words of the server', () => {
  expect([parseBool('p', 'YES'), parseBool('p', 'f')]).toEqual([true, false]);
  expect(() => parseBool('p', 'maybe')).toThrow(
    "Failed to parse parameter 'p': Expected 'true','t','yes','y','1','false','f','no','n','0' got maybe",
  );
});
