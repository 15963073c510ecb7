// Lines to type: the commands that `xe` does not have, and help.

import type { Examples } from './form.ts';

export const own: Examples = {
  apply: [
    ['-f pool.yaml --dry-run', 'What would be made and changed, as a diff'],
    ['-f pool.yaml', 'Do it; a second time nothing is left to do'],
    ['-f - -o json', 'From what is typed in, the outcome as data'],
  ],
  batch: [
    ['-f nightly.txt', 'A command on each line, without `xcp`'],
    [
      'xcp vm-list tags:contains=web -o value --select uuid | sed "s/^/vm-start uuid=/" | xcp batch --parallel 8',
      'Lines that another command makes',
    ],
  ],
  login: [
    ['-s pool.example.org -u root', 'Asks for the password; the session is kept for this user'],
    ['-s pool.example.org -pwf pw', 'From a file: the user name, and the password on its second line'],
  ],
  logout: [
    ['-s pool.example.org', 'From this server'],
    ['all', 'From all of them'],
  ],
  completion: [
    ['install', 'For the shell that you use'],
    ['xcp completion bash > /etc/bash_completion.d/xcp', 'For all users'],
  ],
  explain: [
    ['VM_BAD_POWER_STATE', 'What an error means, and what to do'],
    ['4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11', 'What became of a task'],
  ],
  'bond-show': [
    ['', 'Every bond, NIC by NIC, with what is wrong'],
    ['bond0 host=host1', 'One'],
    ['-o json', 'As data'],
  ],
  'network-show': [
    ['host=host1', 'One host as a tree'],
    ['all=true', 'With guests that do not run'],
    ['xcp network-show -o svg > network.svg', 'As a picture'],
  ],
  'host-cpu-tune': [
    ['show', 'What there is now'],
    ['advise', 'What is right for a host of this size'],
    ['set 4 nopin', 'Four vCPUs, on whatever CPUs are free'],
    ['set 8 xpin', 'Eight vCPUs on CPUs 0 to 7, and guests on the others'],
    ['set 8 xpin --dry-run', 'Which guests that would touch'],
    ['reset host=host1', 'As Xen does it by itself'],
  ],
  'host-domain-list': [
    ['', 'Of the host that answers'],
    ['host=host1', 'Of another host of the pool'],
    ['-o json', 'As data, with the state and the memory in bytes'],
  ],
  'host-network-reset': [
    ['', 'On the host, as root: back to what the installation set up'],
    ['device=eth0 mode=dhcp', 'By another interface, with a lease'],
    ['device=eth0 mode=static ip=192.0.2.9 netmask=255.255.255.0 gateway=192.0.2.1', 'By an address of your choice'],
  ],
  'host-network-confirm': [['', 'Within the time of the trial, by a connection that goes the new way']],
  help: [
    ['', 'The common commands'],
    ['--all', 'All of them'],
    ['vm-migrate', 'One at length; vm-migrate --help does too'],
  ],
};
