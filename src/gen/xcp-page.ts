// The pages that are not of one group: xcp itself, its configuration file, the agent.

import { usageText } from '../cli/run/help.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { profileKeys } from '../cli/profile-keys.ts';
import { ownRows } from '../cli/table/own.ts';
import { resetHelp } from '../hostd/network-reset/words.ts';
import { settingsHelp } from '../hostd/setting-rows.ts';
import { commandBlocks, type Group } from './command-page.ts';
import { code, heading, type Page, terms, text } from './page.ts';

const own = Object.entries(ownRows).filter(([, row]) => row.help !== 'hidden');

export const xcpPage = async (groups: readonly Group[]): Promise<Page> => ({
  name: 'xcp',
  section: 1,
  summary: 'The command line of a XenAPI server.',
  blocks: [
    heading('Usage'),
    code(await usageText('xcp')),
    heading('Output'),
    text(
      'Without an option of its own the output is that of `xe`, byte for byte, and `--minimal` prints values only. `-o table|json|ndjson|yaml|csv|value` prints typed data: numbers, booleans, lists and maps as such, a reference as its uuid and name. `--select a,b` chooses fields and their order; `map:key` is one key of a map.',
    ),
    text(
      '`--watch` on a list prints it again at each change, from events (`-o ndjson`: one line per change). `--wait` on a list returns when something matches its filters. `--timeout SECONDS` ends both. `--parallel N` with `--multiple` works on N objects at a time and prints one line per object.',
    ),
    heading('Names'),
    text(
      'Where a uuid is asked for, the name of the object will do, if it is the only one of its class with that name; else the candidates are named.',
    ),
    heading('Exit status'),
    text(
      '0 or 1, as with `xe`. The finer codes hold when the command has an option of its own (`-o`, `--select`, `--watch`, `--wait`, `--timeout`, `--parallel`, `--profile`), when `XCP_EXIT_CODES=1` is in the environment, and in a profile with `exit-codes: true`.',
    ),
    terms(Object.values(exitCodes).map(({ code: number, meaning }) => [String(number), meaning])),
    heading('Called xe'),
    text('Through a link or an alias file named `xe` it is exactly `xe`: nothing on this page but its own commands and options.'),
    heading('Commands of its own'),
    ...(await Promise.all(own.map(([name, row]) => commandBlocks(name, row)))).flat(),
    text('An executable `xcp-NAME` on the path is the command `xcp NAME`.'),
    heading('Groups of commands'),
    terms(groups.map(({ name, commands }) => [`xcp-${name}(1)`, `${commands.length} commands`])),
  ],
});

export const configurationPage = (): Page => ({
  name: 'xcp config',
  section: 5,
  summary: 'Profiles of the command line.',
  blocks: [
    heading('File'),
    text(
      '`$XDG_CONFIG_HOME/xcp/config.yaml`, by default `~/.config/xcp/config.yaml`. It must belong to the user and be writable by nobody else.',
    ),
    code(
      'default-profile: lab\nprofiles:\n  lab:\n    server: 192.0.2.10\n    username: root\n    password-file: ~/.config/xcp/lab.password\n  office:\n    server: https://pool.example.org\n    ca-file: /etc/ssl/office.pem\n    output: table\naliases:\n  running: vm-list power-state=running',
    ),
    heading('Keys of a profile'),
    terms(Object.entries(profileKeys)),
    heading('Order'),
    text(
      'Options of the command line win over `XE_EXTRA_ARGS`, these over `~/.xe`, this over the profile. The profile is the one of `--profile`, else of `XCP_PROFILE`, else `default-profile`. Called `xe`, the program reads no profile.',
    ),
  ],
});

/** Called by the other name it is the same. */
export const networkResetPage = (): Page => ({
  name: 'xcp host-network-reset',
  section: 8,
  summary: 'Bring the network of this host back to a known good state.',
  blocks: [
    heading('Usage'),
    code(resetHelp('xcp host-network-reset')),
    text(
      'Options may also be written as other commands have them: `device=eth0 mode=dhcp yes=true`. Called `xe-reset-networking`, through a link or as `xcp xe-reset-networking`, it is the same.',
    ),
    heading('What it does'),
    text(
      'It shows by what the host will be managed and what goes, and asks for `yes`. Bonds, VLANs and tunnels of this host go, other interfaces lose their addresses; networks stay, and the guests on them. No reboot. An agent that answers does it itself; where it is dead or hangs, the switch is set right at once and the next start of the agent does the records; where the database cannot be read either, the management alone is made.',
    ),
    heading('Example'),
    code(
      'xcp host-network-reset\nxcp host-network-reset --device=eth0 --mode=static --ip=192.0.2.9 --netmask=255.255.255.0 --gateway=192.0.2.1 --dns=192.0.2.53\nxe-reset-networking --device=eth0 --mode=dhcp --vlan=7 --yes',
    ),
    heading('Files'),
    terms([
      [
        '/etc/firstboot.d/data/management.conf',
        'what it goes back to: of the installation, or as the agent found the host at its first start',
      ],
      ['/var/tmp/network-reset', 'the reset that the next start of the agent does'],
      ['/var/lib/xcp/network/hostd.json', 'how the agent was started last; where it cannot be read, `/etc/xcp/hostd.yaml` says it'],
    ]),
    heading('Exit status'),
    text('0 when the host is managed as shown; 1 when nothing was changed, or the management could not be made.'),
  ],
});

export const hostdPage = (): Page => ({
  name: 'xcp hostd',
  section: 8,
  summary: 'The agent that serves the XenAPI of a host.',
  blocks: [heading('Usage'), code(settingsHelp())],
});
