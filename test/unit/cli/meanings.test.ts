// Every parameter of every command has a sentence about it, and no sentence is about nothing.

import { describe, expect, test } from '@jest/globals';
import { findCommand } from '../../../src/cli/commands.ts';
import { cliClasses, isCliClass, loadRecord } from '../../../src/cli/records/classes.ts';
import { fieldsOf, isKeySettable, isMap, isOpen, isSettable } from '../../../src/cli/records/spec.ts';
import { allCommands } from '../../../src/cli/table/all.ts';
import { parseGeneric } from '../../../src/cli/table/generic.ts';
import { fieldMeaning, fieldMeanings } from '../../../src/cli/table/meanings/fields.ts';
import { meaningOf, topics } from '../../../src/cli/table/meanings/index.ts';
import { ownRows } from '../../../src/cli/table/own.ts';
import { plainName } from '../../../src/cli/table/params.ts';
import type { Row } from '../../../src/cli/table/row.ts';

const help = (await findCommand('help'))?.row;
const rows: ReadonlyMap<string, Row> = new Map([
  ...(await allCommands()),
  ...Object.entries(ownRows),
  ...(help === undefined ? [] : [['help', help] as const]),
]);

/** As the rows write them; `xe` itself has one of no name. */
const written = ({ required = [], optional = [], own = [] }: Row): readonly string[] =>
  [...required, ...optional, ...own].filter(name => name !== '');

const isSentence = (text: string): boolean => /^\S.*[^.\s]\.$/.test(text) && !/ {2}|\n/.test(text) && text.length <= 200;

describe('parameters', () => {
  test('each has a sentence', () => {
    const wrong = [...rows].flatMap(([command, row]) =>
      written(row).flatMap(name => {
        const meaning = meaningOf(command, name);
        return meaning !== undefined && isSentence(meaning) ? [] : [`${command} ${name}: ${meaning ?? 'nothing'}`];
      }),
    );
    expect(rows.size).toBeGreaterThan(680);
    expect(wrong).toEqual([]);
  });

  test('no sentence is left over, and none stands twice', () => {
    const told = topics.flatMap(({ commands }) =>
      Object.entries(commands).flatMap(([names, meanings]) =>
        names.split(' ').flatMap(command => Object.keys(meanings).map(name => `${command} ${name}`)),
      ),
    );
    const taken = new Set([...rows].flatMap(([command, row]) => written(row).map(name => `${command} ${plainName(name)}`)));
    expect(told.filter(each => !taken.has(each))).toEqual([]);
    expect(told.filter((each, i) => told.indexOf(each) !== i)).toEqual([]);

    const shared = topics.flatMap(({ params }) => Object.keys(params));
    const special = new Set(told);
    const used = new Set(
      [...rows]
        .filter(([command]) => parseGeneric(command) === undefined)
        .flatMap(([command, row]) =>
          written(row)
            .map(plainName)
            .filter(name => !special.has(`${command} ${name}`)),
        ),
    );
    expect(shared.filter(name => !used.has(name))).toEqual([]);
    expect(shared.filter((name, i) => shared.indexOf(name) !== i)).toEqual([]);
  });
});

test('fields that can be changed have a sentence, and no sentence is left over', async () => {
  const changeable: string[] = [];
  for (const [name, { record }] of Object.entries(cliClasses)) {
    for (const field of fieldsOf(await loadRecord(record))) {
      if (field.rest.hidden === true) continue;
      if (isSettable(field) || isOpen(field) || (isMap(field) && isKeySettable(field))) changeable.push(`${name} ${field.name}`);
    }
  }
  const wrong = changeable.filter(each => {
    const [cls = '', field = ''] = each.split(' ');
    return !isCliClass(cls) || !isSentence(fieldMeaning(cls, field) ?? '');
  });
  expect(wrong).toEqual([]);
  const fields = new Set(changeable.map(each => each.split(' ')[1]));
  expect(Object.keys(fieldMeanings.shared).filter(name => !fields.has(name))).toEqual([]);
  expect(Object.keys(fieldMeanings.special).filter(name => !changeable.includes(name))).toEqual([]);
});

test('a summary is one sentence', () => {
  const wrong = [...rows].filter(
    ([, { summary }]) => !/^[A-Z].*[^.]\.$/.test(summary) || /[.:!?] [A-Z]/.test(summary.replaceAll(/: NICs?,/g, '')),
  );
  expect(wrong.map(([name, { summary }]) => `${name}: ${summary}`)).toEqual([]);
});
