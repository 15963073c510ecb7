// Every example that help and the pages show is a command line: it goes through the parser, and its command has its parameters.

import { describe, expect, test } from '@jest/globals';
import { firstMissing } from '../../../src/cli/args.ts';
import { type Param, parseInvocation } from '../../../src/cli/argv.ts';
import { findCommand } from '../../../src/cli/commands.ts';
import { startOwn } from '../../../src/cli/own-start.ts';
import { cliClasses, isCliClass, loadRecord } from '../../../src/cli/records/classes.ts';
import { fieldsOf } from '../../../src/cli/records/spec.ts';
import { hasDryRun } from '../../../src/cli/run/own/dry-run.ts';
import { standardParams } from '../../../src/cli/selectors.ts';
import { shellWords } from '../../../src/cli/shell-words.ts';
import { allCommands } from '../../../src/cli/table/all.ts';
import { exampleLines, lineOf, variablesIn, written } from '../../../src/cli/table/examples/index.ts';
import { variables } from '../../../src/cli/table/examples/variables.ts';
import { parseGeneric } from '../../../src/cli/table/generic.ts';
import { manualPage, neighbours, related } from '../../../src/cli/table/manual.ts';
import { findOwn, ownRows } from '../../../src/cli/table/own.ts';
import { type ParamInfo, paramsOf, plainName } from '../../../src/cli/table/params.ts';
import type { Row } from '../../../src/cli/table/row.ts';
import { sizeBytesOf } from '../../../src/lib/size.ts';
import { testIo } from '../../support/test-io.ts';

const rows: ReadonlyMap<string, Row> = new Map([...(await allCommands()), ...Object.entries(ownRows)]);
const io = { ...testIo({ env: { HOME: '/nonexistent' } }), programName: 'xcp' };

/** Commands whose further parameters are the user's own words. */
const open = /-param-add$|^(help|explain|bond-show|host-cpu-tune|pool-retrieve-wlb-report)$/;

const selected = { vms: 'vm', hosts: 'host', srs: 'sr' } as const;

/** The class whose fields filter. */
const filterClass = (command: string, row: Row, params: readonly Param[]): string | undefined => {
  if (row.selects !== undefined) return selected[row.selects];
  const generic = parseGeneric(command);
  if (generic?.verb === 'list') return generic.cls;
  return command === 'event-wait' ? params.find(([key]) => key === 'class')?.[1] : undefined;
};

const isTaken = async (command: string, row: Row, params: readonly Param[], key: string): Promise<boolean> => {
  const own = [...(row.required ?? []), ...(row.optional ?? []), ...(row.own ?? [])];
  if (own.some(name => (/[:-]$/.test(name) ? key.startsWith(`${plainName(name)}:`) : key === name))) return true;
  if (standardParams.has(key) || (key === 'dry-run' && hasDryRun(command)) || open.test(command)) return true;
  const cls = filterClass(command, row, params);
  if (cls === undefined || !isCliClass(cls)) return false;
  if (key === cls && row.selects !== undefined) return true;
  const fields = fieldsOf(await loadRecord(cliClasses[cls].record)).map(({ name }) => name);
  return fields.includes(key.split(':')[0] ?? '');
};

/** Whether the value is one that the parameter can have. */
const fits = ({ type }: ParamInfo, value: string): boolean => {
  switch (type.kind) {
    case 'choice':
      return type.values.some(each => each.toLowerCase() === value.toLowerCase());
    case 'flag':
      return ['true', 'false', ''].includes(value);
    case 'size':
      return sizeBytesOf(value) !== undefined;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value);
    default:
      return value !== '';
  }
};

/** What is wrong with a line that begins with `xcp `. */
const faults = async (line: string): Promise<readonly string[]> => {
  const inner = [...line.matchAll(/\$\(xcp ([^)]*)\)/g)].map(([, each = '']) => `xcp ${each}`);
  const parts = line
    .replaceAll(/\$\([^)]*\)/g, 'VALUE')
    .split(/ [|<>] /)
    .filter(part => part.startsWith('xcp '));
  return (await Promise.all([...inner.map(faults), ...parts.map(faultsOf)])).flat();
};

const faultsOf = async (line: string): Promise<readonly string[]> => {
  const own = await startOwn(shellWords(line).slice(1), io);
  const invocation = parseInvocation({ argv: own.words, extra: [], rc: [] });
  if (invocation.kind !== 'command') return [`${line}: is ${invocation.kind}`];
  const { name, params } = invocation;
  const row = ((await findCommand(name)) ?? findOwn(name))?.row;
  if (row === undefined) return [`${line}: there is no ${name}`];
  const missing = firstMissing(row, param => params.some(([key]) => key === param));
  const infos = await paramsOf(name, row);
  const found: string[] = missing === undefined ? [] : [`${line}: lacks ${missing}`];
  for (const [key, value] of params) {
    if (!(await isTaken(name, row, params, key))) found.push(`${line}: ${name} has no ${key}`);
    const info = infos.find(each => each.name === key && each.need !== 'selector');
    const isBare = value === '' && name === 'completion';
    if (info !== undefined && !isBare && !/^VALUE$|^\$/.test(value) && !fits(info, value)) found.push(`${line}: ${key} cannot be ${value}`);
  }
  return found;
};

describe('examples', () => {
  test('those that were written by hand are of commands, and of those that people use', () => {
    expect(Object.keys(written).filter(name => !rows.has(name) && name !== 'help')).toEqual([]);
    const named = [...rows.keys()].filter(
      name => /^(vdi|vbd|vif|bond|vlan|tunnel|snapshot)-/.test(name) && parseGeneric(name) === undefined,
    );
    const hidden = named.filter(name => rows.get(name)?.help === 'hidden');
    const lacking = named.filter(name => written[name] === undefined && !hidden.includes(name));
    expect(lacking).toEqual(['vdi-update']);
    expect(Object.keys(ownRows).filter(name => written[name] === undefined)).toEqual(['__complete']);
    expect(Object.keys(written).length).toBeGreaterThan(250);
  });

  test('each goes through the parser, and its command has its parameters', async () => {
    const lines = Object.entries(written).flatMap(([command, examples]) => examples.map(each => lineOf(command, each)));
    expect((await Promise.all(lines.map(faults))).flat()).toEqual([]);
  });

  test('so do those that are made', async () => {
    const made = await Promise.all(
      [...rows]
        .filter(([name]) => written[name] === undefined)
        .map(async ([name, row]) => await exampleLines(name, row, await paramsOf(name, row))),
    );
    const lines = made.flat().filter(line => line.startsWith('xcp '));
    expect(lines.length).toBeGreaterThan(500);
    expect((await Promise.all(lines.map(faults))).flat()).toEqual([]);
  });

  test('in a few words each says what it does', () => {
    const wrong = Object.values(written)
      .flat()
      .filter(([, does]) => does === '' || does.length > 110 || does.endsWith('.'));
    expect(wrong).toEqual([]);
  });

  test('what stands for things without names is found by a command, and is used', async () => {
    const used = new Set(
      Object.values(written)
        .flat()
        .flatMap(([words]) => variablesIn(words)),
    );
    expect([...used].filter(name => !Object.hasOwn(variables, name))).toEqual([]);
    expect(Object.keys(variables).filter(name => !used.has(name))).toEqual([]);
    expect((await Promise.all(Object.values(variables).map(find => faults(`xcp ${find} --minimal`)))).flat()).toEqual([]);
  });
});

describe('see also', () => {
  test('names commands that there are, and never the command itself', async () => {
    const wrong: string[] = [];
    for (const name of rows.keys()) {
      const near = await neighbours(name);
      wrong.push(...near.filter(each => each === name || (!rows.has(each) && each !== 'help')).map(each => `${name}: ${each}`));
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(related).filter(name => !rows.has(name) && name !== 'help')).toEqual([]);
  });

  test('names the page of the manual', () => {
    expect(manualPage('vm-start')).toBe('xcp-vm(1)');
    expect(manualPage('network-sriov-create')).toBe('xcp-network-sriov(1)');
    expect(manualPage('login')).toBe('xcp(1)');
    expect(manualPage('apply')).toBe('xcp-apply(5)');
  });
});
