// What stands between xl, which sends a guest, and the agent, which carries it on. It is a shell of its own, and xl's child:
//
//   until the agent says `hold`   its end is the migration's end: xl notices, and the guest goes on here
//   from then on                  only a verdict moves it: `resume`, and xl lets the guest go on here, or `gone`, and xl ends without doing so
//
// So the guest stays stopped while nobody knows on which side it runs, also when the agent dies just then, and it is the next agent that finds out. xl alone
// can let a guest go on that it stopped; that is why it waits all that time.

import type { Conversation, Dom0 } from '../dom0.ts';
import type { XenGuest } from '../guest.ts';
import { consume } from './pipes.ts';
import { DriverError } from '../../../hypervisor.ts';
import { ToolError } from '../../../tool.ts';

const HOLD_MS = 60_000;
const VERDICT_MS = 20_000;

/** File descriptors: 0 from xl, 1 to xl, 3 from the agent, 4 to the agent. $1: the pipe for the verdict. */
const CONDUIT = `# Carries a guest from xl to the agent; written by xcp hostd.
printf 'xl migration receiver ready, send binary domain data.\\n'
exec 5<&0 6<>"$1" </dev/null
{
  cat <&5 >&4 3<&- 6<&-
  kill "$$"
} 1>&2 &
copy=$!
exec 5<&-
read -r word <&3
[ "$word" = hold ] || exit 1
trap '' HUP PIPE
kill "$copy"
echo held >&4
exec 3<&- 4>&- 2>/dev/null
read -r verdict <&6
[ "$verdict" = gone ] && kill -9 "$PPID"
exit 1
`;

/** $1: the domain, $2: the conduit, $3: the pipe for the verdict, $4: a file that is locked as long as xl or what it started lives. */
const SEND = `exec 9>"$4" && flock -n 9 && exec xl migrate -s '' "$1" "exec sh '$2' '$3'" 3<&0 4>&1 >&2 </dev/null`;

const placesOf = ({ paths }: XenGuest) => ({
  script: `${paths.directory}/conduit`,
  verdict: `${paths.directory}/verdict`,
  life: `${paths.directory}/sending`,
});

/** xl begins to send the guest; the conversation's output is the stream. */
export const openConduit = async (dom0: Dom0, guest: XenGuest): Promise<Conversation> => {
  const { script, verdict, life } = placesOf(guest);
  await dom0.writeText(script, CONDUIT, 0o600);
  await dom0.remove(verdict);
  await dom0.run('mkfifo', ['-m', '600', verdict]);
  return dom0.converse('sh', ['-c', SEND, 'xcp-send', String(guest.domid), script, verdict, life]);
};

/** From now on the end of this process changes nothing. */
export const hold = async ({ input, output }: Conversation, signal: AbortSignal): Promise<void> => {
  input.write('hold\n');
  let heard = '';
  const limit = AbortSignal.any([AbortSignal.timeout(HOLD_MS), signal]);
  const take = (piece: Uint8Array): Promise<'more' | 'enough'> => {
    heard = (heard + Buffer.from(piece).toString('latin1')).slice(-16);
    return Promise.resolve(heard.includes('held\n') ? 'enough' : 'more');
  };
  if ((await consume(output, take, limit)) === 'ended') throw new DriverError('failed', 'xl ended before the guest was handed over');
};

/** Waits until xl is done with the guest: it goes on here then, if it is not gone. */
export const untilXlEnded = async (dom0: Dom0, guest: XenGuest, limitMs: number): Promise<void> => {
  const limit = AbortSignal.timeout(limitMs);
  try {
    await dom0.run('flock', [placesOf(guest).life, 'true'], { signal: limit });
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new DriverError('timeout', 'xl does not come to an end with sending the guest', { cause: error });
  }
};

/** Tells a conduit that holds, whoever opened it. Whether there was one. */
export const giveVerdict = async (dom0: Dom0, guest: XenGuest, verdict: 'resume' | 'gone'): Promise<boolean> => {
  const { verdict: pipe } = placesOf(guest);
  try {
    // Without a reader the pipe cannot be opened this way.
    const write = '[ -p "$2" ] && printf "%s\\n" "$1" | dd of="$2" oflag=nonblock conv=notrunc status=none';
    await dom0.run('sh', ['-c', write, 'xcp-verdict', verdict, pipe], { signal: AbortSignal.timeout(VERDICT_MS) });
    return true;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
};
