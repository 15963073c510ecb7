// What xl and libxl say when they refuse, as the closed set of kinds that the contract has. They give sentences and few exit codes: the
// sentences that matter are known here and nowhere else.

import { DriverError, type DriverErrorKind } from '../../hypervisor.ts';
import { ToolError } from '../../tool.ts';

const SENTENCES: readonly (readonly [RegExp, DriverErrorKind])[] = [
  [/invalid domain identifier|Can't get domid|Non-existant domain|does not exist \(no backend/i, 'not-found'],
  [/already exists|is an existing domain/i, 'exists'],
  [/privileged command interface|xencall|Is xenstore daemon running|cannot connect to xenstore|cannot init xl context/i, 'unreachable'],
  [/Out of memory|Cannot allocate memory|not enough (free )?memory|failed to free memory|failed to claim/i, 'no-memory'],
  [/No space left on device|Disk quota exceeded/i, 'no-space'],
  [/Failed to (get|lock) .*lock|Is another process using the image/i, 'in-use'],
  [/device model required but not running/i, 'bad-state'],
  [/overcomm+it/i, 'bad-config'],
  [/failed to stat|No such file|Failed to read config|Could not open|Failed to parse|invalid|not a valid/i, 'bad-config'],
  [/timed out|timeout/i, 'timeout'],
];

/** The kind that fits the tools' own words. */
export const kindOfWords = (words: string): DriverErrorKind => SENTENCES.find(([pattern]) => pattern.test(words))?.[1] ?? 'failed';

/** What follows a failure of its own: libxl tidies up and tells of that too. */
const AFTERMATH =
  /domain_destroy|libxl__destroy_domid|Parsing config from|device_addrm_aocomplete|^xc: info: |Loading new save file|Savefile contains|resuming at sender/;
/** Where in the source of Xen's tools a line was written, and of which domain. */
const PLACE = /^(?:libxl|xc): error: (?:panic: )?(?:\w+\.c:\d+: ?)?(?:\w+: ?)?(?:Domain \d+: ?)?/;
const SHOWN_CHARACTERS = 400;
const NO_PROGRAM = 127;

/** The lines that say why, without what came of it, and without where in libxl's source they were written. */
export const reasonOf = (stderr: string): string => {
  const lines = stderr.split('\n').filter(line => line.trim() !== '');
  const reasons = lines.filter(line => !AFTERMATH.test(line));
  return (reasons.length === 0 ? lines : reasons)
    .map(line => line.replace(PLACE, '').trim())
    .join('; ')
    .slice(0, SHOWN_CHARACTERS);
};

/** `tried` is for people: "creating the guest". What is no ToolError is given back as it is. */
export const xlError = (tried: string, error: unknown): unknown => {
  if (!(error instanceof ToolError)) return error;
  if (error.exitCode === NO_PROGRAM) return new DriverError('unsupported', `${tried}: ${error.stderr}`, { cause: error });
  const words = reasonOf(error.stderr);
  return new DriverError(kindOfWords(words), `${tried}: ${words === '' ? 'xl gave no reason' : words}`, {
    cause: error,
    details: { xl: error.stderr.slice(-SHOWN_CHARACTERS) },
  });
};
