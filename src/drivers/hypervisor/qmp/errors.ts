// What QEMU says when it refuses, as the closed set of kinds that the contract has. QEMU gives sentences, not codes: the few that
// matter are known here and nowhere else.

import { DriverError, type DriverErrorKind } from '../../hypervisor.ts';

const SENTENCES: readonly (readonly [RegExp, DriverErrorKind])[] = [
  [/No space left on device|Disk quota exceeded/i, 'no-space'],
  [/Cannot allocate memory|cannot set up guest memory|Out of memory/i, 'no-memory'],
  [/Failed to (get|lock) .*lock|Is another process using the image/i, 'in-use'],
  [
    /Connection (re(fused|set)|attempt cancelled)|Broken pipe|timed out|No route to host|unreachable|Unable to (read|write)|Input\/output error|Socket not connected|channel error/i,
    'unreachable',
  ],
  [/handshake|certificate|TLS channel/i, 'unreachable'],
  [/Duplicate|already exists|is already in use/i, 'exists'],
  [/Could not open|No such file|not found|does not exist|Invalid parameter|could not load (kernel|PC BIOS|initrd)/i, 'bad-config'],
];

/** The kind that fits QEMU's own words. */
export const kindOfSentence = (text: string): DriverErrorKind => SENTENCES.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';

const SHOWN_CHARACTERS = 600;

/** An error that QEMU reported: what was tried, then QEMU's words. */
export const qemuError = (tried: string, words: string, options?: ErrorOptions): DriverError =>
  new DriverError(kindOfSentence(words), `${tried}: ${words.trim().slice(-SHOWN_CHARACTERS)}`, {
    ...options,
    details: { qemu: words.slice(-SHOWN_CHARACTERS) },
  });

/** A QMP command that QEMU answered with an error. */
export class QmpError extends DriverError {
  readonly command: string;
  readonly errorClass: string;
  constructor(command: string, errorClass: string, description: string) {
    super(errorClass === 'DeviceNotFound' ? 'not-found' : kindOfSentence(description), `${command}: ${description}`, {
      details: { command, qemu: description },
    });
    this.name = 'QmpError';
    this.command = command;
    this.errorClass = errorClass;
  }
}
