// The commands that `xe` does not have. They are not there when the program is called `xe`.

import type { Command } from '../commands.ts';
import { commandOf } from '../commands.ts';
import { type Handlers, type Rows } from './row.ts';

const rows = {
  completion: {
    summary: 'Print or install the completion of words for a shell.',
    optional: ['shell'],
    own: ['bash', 'zsh', 'fish', 'install'],
  },
  explain: { summary: 'Explain an error code, or what became of a task.', optional: [], own: [] },
  apply: {
    summary: 'Make the pool as a file declares it: networks, bonds, VLANs, SRs and VMs; applied again it changes nothing.',
    own: ['f', 'filename', 'dry-run'],
  },
  login: { summary: 'Keep a session on a server, so that the commands that follow need no password.', own: [] },
  logout: { summary: 'End the session that is kept for a server, or all of them.', own: ['all'] },
  batch: {
    summary: 'Run many commands in one session; all lines are checked before the first is sent.',
    own: ['f', 'parallel'],
  },
  'bond-show': {
    summary: 'Show what bonds have negotiated, NIC by NIC, and say what is wrong and what to do.',
    optional: ['uuid', 'host'],
    own: [],
  },
  'network-show': {
    summary: "Draw a host's network: NICs, bonds, VLANs, tunnels, networks and guests, with state and faults.",
    optional: ['host', 'all'],
    own: [],
    draws: true,
  },
  'host-cpu-tune': {
    summary: "Show, advise or set how many vCPUs a Xen host's control domain has, and whether it shares its CPUs with guests.",
    optional: ['host'],
    own: ['show', 'advise', 'reset', 'set', 'nopin', 'xpin', 'force', 'dry-run'],
    flags: ['show', 'advise', 'reset', 'set', 'nopin', 'xpin'],
  },
  'host-domain-list': {
    summary: 'List what Xen runs on a host beside its control domain, also what somebody made by hand.',
    optional: ['host'],
    own: [],
  },
  'host-network-confirm': {
    summary: "Keep a change of the host's management that is on trial.",
    optional: [],
    own: [],
  },
  'host-network-reset': {
    summary: 'Bring the network of the host that it runs on back to a known good state, also where the agent or its database is broken.',
    optional: [],
    own: [
      ...['device', 'mode', 'ip', 'netmask', 'gateway', 'dns', 'mode-v6', 'ipv6', 'gateway-v6'],
      ...['vlan', 'novlan', 'master', 'state-dir', 'yes', 'keep-interface-name-rules'],
    ],
    takes: { mode: ['dhcp', 'static', 'none'], 'mode-v6': ['none', 'autoconf', 'dhcp', 'static'] },
    flags: ['novlan', 'yes', 'keep-interface-name-rules'],
  },
  __complete: {
    summary: 'Print what a shell offers: uuids and names of a class.',
    required: ['class'],
    own: ['keys', 'refresh'],
    help: 'hidden',
  },
} as const satisfies Rows;

const handlers: Handlers<typeof rows> = {
  completion: async () => (await import('../run/own/completion.ts')).completion,
  explain: async () => (await import('../run/own/explain.ts')).explain,
  apply: async () => (await import('../run/apply/apply.ts')).apply,
  login: async () => (await import('../run/own/login.ts')).login,
  logout: async () => (await import('../run/own/login.ts')).logout,
  batch: async () => (await import('../run/own/batch.ts')).batch,
  'bond-show': async () => (await import('../run/own/bond-show.ts')).bondShow,
  'network-show': async () => (await import('../run/own/network-show.ts')).networkShow,
  'host-cpu-tune': async () => (await import('../run/own/cpu-tune.ts')).cpuTune,
  'host-domain-list': async () => (await import('../run/own/domain-list.ts')).domainList,
  'host-network-confirm': async () => (await import('../run/own/network-confirm.ts')).networkConfirm,
  'host-network-reset': async () => (await import('../run/own/network-reset.ts')).networkReset,
  __complete: async () => (await import('../run/own/complete.ts')).complete,
};

export const ownRows: Rows = rows;

/** The command, or undefined if there is none of that name. */
export const findOwn = (name: string): Command | undefined => commandOf(name, { rows, handlers });
