// What an admin does without an agent, to compare with: a guest is sent to another host by `xl migrate`, over plain TCP.

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

const CONFIG = `name = "hand"
type = "pv"
kernel = "/guest/vmlinux"
ramdisk = "/guest/tiny.img"
extra = "console=hvc0 quiet"
memory = 128
`;

/** How long the move of a PV guest of 128 MiB takes; it has no disk, since xl moves none. `address`: the destination's. */
export const moveByHand = async (from: SshDom0, to: SshDom0, address: string): Promise<number> => {
  await from.sh('cat >/root/hand.cfg', { input: CONFIG });
  await from.sh('xl create -q /root/hand.cfg && sleep 10');
  await to.sh('cat >/root/listen.py; setsid python3 /root/listen.py </dev/null >/root/listen.log 2>&1 & sleep 2', {
    input: listener(address),
  });
  const startedMs = performance.now();
  await from.sh(`xl migrate -s '' hand 'exec bash -c "exec 3<>/dev/tcp/${address}/${PORT}; cat <&3 & exec cat >&3"'`);
  const tookMs = performance.now() - startedMs;
  await to.sh('xl destroy hand');
  return tookMs;
};
