// What an admin does without an agent, to compare with: a guest is sent to another host by `xl migrate`, over plain TCP.

import type { GuestType } from './host.ts';
import type { SshDom0 } from './ssh-dom0.ts';

const PORT = 8002;

const listener = (address: string): string => `import os, socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("${address}", ${PORT}))
s.listen()
c = s.accept()[0].detach()
os.dup2(c, 0)
os.dup2(c, 1)
os.execlp("xl", "xl", "migrate-receive")
`;

const NAME = 'hand';

const config = (type: GuestType): string => `name = "${NAME}"
type = "${type}"
kernel = "/guest/vmlinux"
ramdisk = "/guest/tiny.img"
extra = "console=hvc0 quiet"
memory = 96
`;

export interface HandMove {
  readonly tookMs: number;
  /** From when the guest has stopped until the other side says that it runs. */
  readonly stoppedMs: number;
}

/** A guest of 96 MiB moves; it has no disk, since xl moves none. `address`: the destination's. */
export const moveByHand = async (from: SshDom0, to: SshDom0, address: string, type: GuestType = 'pv'): Promise<HandMove> => {
  await from.sh(`cat >/root/${NAME}.cfg`, { input: config(type) });
  await from.sh(`xl create -q /root/${NAME}.cfg && sleep 10`);
  await to.sh('cat >/root/listen.py; setsid python3 /root/listen.py </dev/null >/root/listen.log 2>&1 & sleep 2', {
    input: listener(address),
  });
  const carrier = `exec bash -c "exec 3<>/dev/tcp/${address}/${PORT}; cat <&3 & exec cat >&3"`;
  await from.sh(`cat >/root/${NAME}.sh`, {
    input: `set -o pipefail
xl -vvv migrate -s '' ${NAME} '${carrier}' 2>&1 | while IFS= read -r line; do echo "$EPOCHREALTIME $line"; done >/root/${NAME}.log
`,
  });
  const startedMs = performance.now();
  await from.sh(`LC_ALL=C bash /root/${NAME}.sh`);
  const tookMs = performance.now() - startedMs;
  const said = await from.sh(`cat /root/${NAME}.log`);
  const secondOf = (words: string): number => Number(new RegExp(`^(\\d+\\.\\d+) .*${words}`, 'm').exec(said)?.[1]);
  const stoppedMs = (secondOf('Target reports successful startup') - secondOf('guest has suspended')) * 1000;
  await to.sh(`xl destroy ${NAME}`);
  return { tookMs, stoppedMs };
};

export const byHandInWords = ({ tookMs, stoppedMs }: HandMove): string =>
  `xl migrate by hand over plain TCP, a guest without a disk: ${(tookMs / 1000).toFixed(1)} s, ${(stoppedMs / 1000).toFixed(1)} s stopped`;
