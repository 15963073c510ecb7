// Parameters of the commands that `xe` does not have, and of help.

import type { Topic } from './form.ts';

export const own: Topic = {
  params: {
    f: 'The file; - is what is typed in.',
    progress: 'Shows how far it is, and what it is at.',
    'name-label': 'The name.',
    'name-description': 'A description of it.',
    install: 'Writes the script where your shell looks for it, and says what else there is to do.',
    shell: 'bash, zsh or fish; with install and without it the shell that you use. The word alone does too.',
    bash: 'The script for bash.',
    zsh: 'The script for zsh.',
    fish: 'The script for fish.',
    refresh: 'Brings what is kept up to date and prints nothing.',
    parallel: 'How many lines are in flight at a time, 1 to 64; the default is 16.',
  },
  commands: {
    apply: {
      filename: 'The same as -f.',
      'dry-run': 'Prints the plan as a diff and changes nothing.',
    },
    batch: { f: 'The file, a command on each line; - (the default) is what is typed in. The line `wait` waits for all before it.' },
    logout: { all: 'From all servers that a session is kept for.' },
    help: { all: 'Names all commands, not only the common ones.', minimal: 'The names alone, with commas between.' },
    'bond-show': {
      uuid: 'The bonds, their uuids with commas between; their names do too, as words: bond-show bond0.',
      host: 'The bonds of this host alone, by name or uuid.',
    },
    'network-show': {
      host: 'This host alone, by name or uuid; without it all hosts of the pool.',
      all: 'Guests that do not run, too.',
    },
    'host-cpu-tune': {
      host: 'The host, by name or uuid; without it the one that answers.',
      show: 'What the control domain has now, and at the next boot where that differs.',
      advise: 'What it should have on a host of this size, and the line that does it.',
      reset: 'Back to what Xen does by itself: a vCPU for each CPU, none of them pinned.',
      set: 'Followed by the number of vCPUs, and nopin or xpin. Live as far as that can be, and for every boot from the next one on.',
      nopin: 'Control domain and guests share all CPUs.',
      xpin: 'vCPU n of the control domain runs on CPU n alone, and guests run on the other CPUs.',
      force: 'With xpin: also where guests run that would be moved, or have a mask of CPUs that become its own.',
      'dry-run': 'Says what would be, and changes nothing.',
    },
    'host-domain-list': { host: 'The host, by name or uuid; without it the one that answers.' },
    'host-network-reset': {
      device: 'The interface that shall carry the management; without it that of the installation.',
      mode: 'How it gets its IPv4 address: dhcp, static (with ip and netmask), or none.',
      ip: 'The IPv4 address, of mode static.',
      netmask: 'Its netmask.',
      gateway: 'The IPv4 gateway.',
      dns: 'Name servers, with commas between.',
      'mode-v6': 'How it gets its IPv6 address: none, autoconf, dhcp, or static (with ipv6).',
      ipv6: 'The IPv6 address with the length of its prefix, of mode-v6 static.',
      'gateway-v6': 'The IPv6 gateway.',
      vlan: 'The VLAN of the management, 1 to 4094; 0 means none.',
      novlan: 'No VLAN, whatever the installation had.',
      master: 'On a member of a pool: the address of its master.',
      'state-dir': 'The state directory of hostd, where it is not the usual one.',
      yes: 'Does not ask.',
      'keep-interface-name-rules': 'Accepted, and without effect: names of interfaces are never changed here.',
    },
    __complete: { class: 'The class.', keys: 'A map of the class: its keys in place of uuids and names.' },
  },
};
