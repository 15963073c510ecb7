// All files that are generated from the table of commands, with their texts.

import { completionScript, scriptFile, shells } from '../cli/completion/script.ts';
import { allCommands } from '../cli/table/all.ts';
import { applyPage } from './apply-page.ts';
import { type Group, groupPage, groupsOf } from './command-page.ts';
import { fromXePage } from './from-xe-page.ts';
import { man, markdown, type Page } from './page.ts';
import { configurationPage, hostdPage, networkResetPage, xcpPage } from './xcp-page.ts';

/** Folders in which nothing is written by hand. */
export const generatedFolders = ['completions', 'docs/cli', 'docs/man'] as const;

/** Text by path from the root of the project. */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const visible = new Map([...(await allCommands())].filter(([, row]) => row.help !== 'hidden'));
  const groups = groupsOf(visible);
  const pages = [
    await xcpPage(groups),
    fromXePage(),
    configurationPage(),
    applyPage(),
    hostdPage(),
    networkResetPage(),
    ...(await Promise.all(groups.map(groupPage))),
  ];
  const scripts = await Promise.all(
    shells.map(async shell => [`completions/${scriptFile[shell]}`, await completionScript(shell)] as const),
  );
  return new Map([
    ...scripts,
    ...pages.flatMap(page => [
      [`docs/man/${fileName(page)}.${page.section}`, man(page)] as const,
      [`docs/cli/${fileName(page)}.md`, markdown(page)] as const,
    ]),
    ['docs/cli/README.md', index(pages, groups)],
  ]);
};

const fileName = (page: Page): string => page.name.replaceAll(' ', '-');

const index = (pages: readonly Page[], groups: readonly Group[]): string => {
  const lines = pages.map(page => `- [${page.name}](${fileName(page)}.md): ${page.summary}`);
  const commands = groups.flatMap(group =>
    group.commands.map(([name, row]) => `- [\`${name}\`](xcp-${group.name}.md#${name.toLowerCase()}): ${row.summary}`),
  );
  return `<!-- Generated from the table of commands: do not edit. -->\n\n# Reference of the command line\n\n${lines.join('\n')}\n\n## All commands\n\n${commands.join('\n')}\n`;
};
