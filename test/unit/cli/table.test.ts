// The table of commands, held against the published facts about `xe` and against the model of the API.

import { describe, expect, test } from '@jest/globals';
import { findCommand } from '../../../src/cli/commands.ts';
import { groups } from '../../../src/cli/table/groups.ts';
import type { Row } from '../../../src/cli/table/row.ts';
import { allMessages } from '../../../src/model/index.ts';
import { readFacts } from '../../facts/facts.ts';

interface Fact {
  readonly name: string;
  readonly reqd: readonly string[];
  readonly optn: readonly string[];
  readonly flags?: readonly string[];
  readonly impl: string;
}
const facts = readFacts<{ static: readonly Fact[]; generated: readonly Fact[] }>('xe-commands');

const loaded = await Promise.all(Object.values(groups).map(load => load()));
const rows: readonly (readonly [string, Row])[] = loaded.flatMap(group => Object.entries(group.rows));

describe('the table', () => {
  test('every command is found by its name, and its handler loads', async () => {
    for (const [name] of rows) {
      const command = await findCommand(name);
      expect([name, command?.name]).toEqual([name, name]);
      expect(typeof (await command?.load())).toBe('function');
    }
  });

  test('calls have as many parameters as their messages take', () => {
    const wrong = rows.flatMap(([name, { call }]) => {
      if (call === undefined) return [];
      return [call.message, ...(call.forced === undefined ? [] : [call.forced])].flatMap(message => {
        const model = allMessages().get(message);
        const fits = model !== undefined && call.args.length >= model.requiredParams && call.args.length <= model.params.length;
        return fits ? [] : [`${name}: ${message}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('references have the classes that the messages take', () => {
    const wrong = rows.flatMap(([name, { call }]) =>
      (call?.args ?? []).flatMap((arg, i) => {
        const type = allMessages().get(call?.message ?? '')?.params[i]?.type;
        return arg.kind === 'ref' && (type?.kind !== 'ref' || type.cls !== arg.cls) ? [`${name}: ${arg.param}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the facts about xe', () => {
  test.each(['static', 'generated'] as const)('all %s commands are here and take the same parameters', async kind => {
    const different: string[] = [];
    for (const fact of facts[kind]) {
      const row = (await findCommand(fact.name))?.row;
      if (row === undefined) {
        different.push(`${fact.name} is missing`);
        continue;
      }
      const [ours, theirs] = [
        { reqd: row.required ?? [], optn: row.optional ?? [] },
        { reqd: fact.reqd, optn: fact.optn },
      ].map(params => JSON.stringify(params));
      if (ours !== theirs) different.push(`${fact.name}\n  ours   ${ours}\n  theirs ${theirs}`);
    }
    expect(different).toEqual([]);
  });

  test('commands are shown by help, select objects and log in as there', async () => {
    const different: string[] = [];
    for (const fact of facts.static) {
      const row = (await findCommand(fact.name))?.row;
      const flags = fact.flags ?? [];
      const wanted = {
        help: flags.includes('Hidden') ? 'hidden' : flags.includes('Standard') ? 'common' : undefined,
        selects: (['vms', 'hosts', 'srs'] as const).find(kind =>
          flags.includes(`${kind.charAt(0).toUpperCase()}${kind.slice(1, -1)}_selectors`),
        ),
        local: fact.impl.endsWith('_local_session') ? true : undefined,
        isDeprecated: flags.includes('Deprecated'),
      };
      const actual = { help: row?.help, selects: row?.selects, local: row?.local, isDeprecated: row?.deprecated !== undefined };
      if (JSON.stringify(wanted) !== JSON.stringify(actual))
        different.push(`${fact.name}\n  ours   ${JSON.stringify(actual)}\n  theirs ${JSON.stringify(wanted)}`);
    }
    expect(different).toEqual([]);
  });

  test('no generic command is here that xe does not have', async () => {
    const names = new Set(facts.generated.map(fact => fact.name));
    const classes = [...names].filter(name => name.endsWith('-param-list')).map(name => name.slice(0, -'-param-list'.length));
    const extra: string[] = [];
    for (const cls of classes) {
      for (const verb of ['param-set', 'param-add', 'param-remove', 'param-clear']) {
        const name = `${cls}-${verb}`;
        if (!names.has(name) && (await findCommand(name)) !== undefined) extra.push(name);
      }
    }
    expect(extra).toEqual([]);
  });
});
