// Recorded cases that are left different on purpose, each with its reason.

const group = (reason: string, ...ids: readonly string[]): readonly (readonly [string, string])[] => ids.map(id => [id, reason]);

export const readDifferences: ReadonlyMap<string, string> = new Map([
  ...group('the help is in our own words, here one line of them', 'help.094', 'tls.014'),
  ...group('caches on local storage are not offered yet', 'bad-uuid-cmd.045', 'bad-uuid-cmd.046'),
  ...group('the state of secure boot certificates is not known to the simulator', 'misc.022'),
  ...group('GPUs are not simulated', 'misc.024'),
]);

export const writeDifferences: ReadonlyMap<string, string> = new Map([
  ...group(
    'a tunnel that is refused leaves nothing behind; the recorded server kept its records, and counts them here',
    'tunnel.3',
    'tunnel.9',
    'tunnel.14',
    'tunnel.18',
    'tunnel.23',
  ),
  ...group('a disk of no bytes is refused', 'vdi-create-params.6', 'vdi-create-params.14'),
  ...group(
    'a medium can be put into the drive of a running guest; the recorded simulator could not do it',
    'vm-cd-running.6',
    'vm-cd-running.7',
    'vm-cd-running.8',
    'vm-cd-running.9',
    'vm-cd-running.10',
    'vm-cd-running.11',
  ),
  ...group('the reason is said in words, not as a failure inside the server', 'pool-params.19'),
  ...group('attributes of an observer are kept as they are given', 'repo-sdn-observer.21', 'repo-sdn-observer.22'),
  ...group('directory services are not offered yet', 'subjects-roles.13'),
]);

export const wireDifferences: ReadonlyMap<string, string> = new Map([
  ...group('the recorded server stumbles over this text; here it is simply answered', 'dispatch.alive2'),
  ...group('the recorded host had been started again since its records were taken', 'events-classes.11'),
  ...group('the recorded host had no memory left in its own books', 'get.VM.get_possible_hosts.a'),
  ...group('the order of the types is that of their records', 'sr.types'),
  ...group('permissions of roles are not listed yet', 'fail.31'),
  ...group('notes for the developers of the recorded server are not made', 'async-failure.15'),
  ...group(
    'the recorded server had used bridges for networks that are not among the recordings',
    'events-add-del.07',
    'events-star.06',
    'events-star.09',
  ),
  ...group('shows a task of an earlier sequence that is not among the recordings', 'task-events.01'),
]);
