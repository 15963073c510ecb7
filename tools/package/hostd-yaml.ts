// The configuration file that the package installs: every setting of hostd with its words and an example, all commented out, so that
// the defaults hold until an admin says otherwise.

import { type SettingName, type SettingRow, settingRows } from '../../src/hostd/setting-rows.ts';

/** What a line of the file looks like once its `#` is taken away. The default where there is one. */
export const examples: Readonly<Record<SettingName, string>> = {
  'state-dir': '/var/lib/xcp',
  listen: '["unix:/var/lib/xcp/xapi", "tls:*:443"]',
  simulate: 'false',
  records: '/root/pool.json.gz',
  hypervisor: 'auto',
  memory: '8GiB',
  network: 'auto',
  'private-switch': 'false',
  nics: '[eth0, eth1]',
  'host-name': 'host1',
  'migration-address': '192.0.2.10',
  'log-level': 'info',
  'log-format': 'json',
};

const wrapped = (text: string, width = 96): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

const entry = (row: SettingRow & { readonly name: SettingName }): string => {
  const choices = row.choices === undefined || row.choices.every(choice => row.help.includes(choice)) ? '' : ` [${row.choices.join(', ')}]`;
  const words = wrapped(`${row.help.charAt(0).toUpperCase()}${row.help.slice(1)}${choices}.`);
  return [...words.map(line => `# ${line}`), `#${row.name}: ${examples[row.name]}`].join('\n');
};

const head = `# Settings of xcp hostd, the agent of this host. Take the # away from a line to set it, then: systemctl restart xcp-hostd
# (guests run on). The same words are options of \`xcp hostd\`; see xcp-hostd(8).`;

export const hostdYaml = (): string => `${[head, ...settingRows.map(entry)].join('\n\n')}\n`;
