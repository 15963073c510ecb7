// The page for those who come from `xe`: what is the same, what is better, and each difference that is there on purpose.

import { code, heading, type Page, terms, text } from './page.ts';

/** Each is held by a test: of the recorded commands, or of the program. */
const differences: readonly (readonly [string, string])[] = [
  ['Sentences', 'What an error means is said in our words; the code, the names of the parameters and their values are the same.'],
  ['Descriptions of commands', '`help COMMAND` describes a command in our words.'],
  ['A disk of no bytes', '`vdi-create virtual-size=0` is refused.'],
  ['A tunnel that is refused', 'It leaves no records behind.'],
  ['A CD in a running guest', 'It can be put in and taken out.'],
  ['Attributes of an observer', 'They are kept as they are given.'],
  ['Names where uuids are asked for', 'Called `xcp`, a name does too, where one object has it; called `xe`, only a uuid does, as ever.'],
  [
    'Certificates',
    'TLS is checked: a certificate is pinned at the first contact and refused when it changes. `--insecure` is as `xe` was, and says so.',
  ],
  [
    'Files',
    'A file that comes is written aside and gets its name when it is whole; a download that breaks off goes on where the server gives out parts. Differences between disks (`vdi-export base=`) are written as qcow2. Servers cannot make the program read or write a file that was not named on its command line.',
  ],
];

export const fromXePage = (): Page => ({
  name: 'xcp from-xe',
  section: 7,
  summary: 'From xe to xcp.',
  blocks: [
    heading('Nothing has to change'),
    text(
      'Every command of `xe` is here, with its arguments, its output byte for byte, and its exit codes. A link or an alias of the name does for scripts and fingers:',
    ),
    code('ln -s $(command -v xcp) /usr/local/bin/xe      # or: alias xe=xcp'),
    text(
      '`~/.xe`, `XE_EXTRA_ARGS`, `-s -u -pw -pwf -p --nossl`, `--minimal`, `--multiple`, `--force` and `--progress` mean what they meant. Through a link named `xe` nothing of what follows is there; the only difference is the speed.',
    ),
    heading('What to type instead'),
    terms([
      ['xe vm-list params=uuid --minimal | tr , ...', 'xcp vm-list -o value --select uuid; or -o json, ndjson, yaml, csv'],
      [
        'xe vm-param-get uuid=$(xe vm-list name-label=web1 --minimal) ...',
        'xcp vm-param-get uuid=web1 ...: a name stands where a uuid does',
      ],
      ['while ! xe vm-list ... ; do sleep 1; done', 'xcp vm-list name-label=web1 power-state=running --wait --timeout 60'],
      ['watch xe task-list', 'xcp task-list --watch: from events'],
      ['for vm in ...; do xe vm-start uuid=$vm; done', 'xcp vm-start --multiple --parallel 8 tags:contains=web'],
      ['a script of hundreds of xe commands', 'xcp batch -f FILE: one session, checked before the first is sent'],
      ['a script that builds a pool', 'xcp apply -f pool.yaml, see xcp-apply(5)'],
      ['xe ... -s host -u root -pw secret', 'xcp login -s host, then the commands without a password; or a profile, see xcp-config(5)'],
      ['xe help vm-migrate', 'xcp vm-migrate --help: lines to type, and what each parameter means'],
      ['looking an error up', 'xcp explain VM_BAD_POWER_STATE; xcp explain TASK-UUID'],
      ['source bash-completion/xe', 'xcp completion install: bash, zsh and fish, names and keys too'],
    ]),
    heading('Differences on purpose'),
    terms(differences),
    heading('Exit status'),
    text('0 or 1, as with `xe`. Finer codes, for those who ask: see xcp(1).'),
  ],
});
