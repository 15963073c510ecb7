// Tiny Linux with an agent that means harm: it writes rubbish into the store wherever a guest may, as much as xenstored takes, and without end.

import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { writeCpio } from '../../../../src/drivers/hypervisor/tiny-linux/cpio.ts';
import { shell } from '../../../../src/drivers/hypervisor/tiny-linux/shell.ts';

/**
 * Values of 1800 bytes, of xenstored's most 2048: no UTF-8, escape codes, zero bytes, what shells and JSON read. Its version alone is sound, so that the
 * host takes it for an agent. Then 900 nodes, of xenstored's most 1000, again and again.
 */
const AGENT = shell`#!/bin/sh
exec 3<>/dev/xen/xenbus || exit 0
rubbish=
while [ "\${#rubbish}" -lt 3400 ]; do rubbish="$rubbish"'\377\033[31m\000\t"<&%%'; done
size=$(printf "$rubbish" | wc -c)
header() {
  length=$((\${#1} + 1 + $2))
  printf '\\013\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\%03o\\%03o\\0\\0' $((length % 256)) $((length / 256))
}
put() {
  printf "$(header "$1" "$2")$1\\000$3" >&3
  head -c 19 <&3 >/dev/null
}
for name in data/os_name data/os_distro data/os_uname data/updated attr/vif/0/ipv4/0 attr/eth0/ip attr/PVAddons/MinorVersion; do
  put "$name" "$size" "$rubbish"
done
deep=attr
while [ "\${#deep}" -lt 200 ]; do deep="$deep/d"; done
put "$deep" 1 x
put attr/PVAddons/MajorVersion 1 1
echo 'HOSTILE: begins' >/dev/console
n=100
many=$(header "attr/vif/$n" "$size")
while [ "$n" -lt 1000 ]; do
  printf "\${many}attr/vif/$n\\000$rubbish"
  n=$((n + 1))
done >/tmp/flood
all=$(wc -c </tmp/flood)
rounds=0
while :; do
  dd if=/tmp/flood bs=$((all / 900)) 2>/dev/null >&3
  head -c $((900 * 19)) <&3 >/dev/null
  rounds=$((rounds + 1))
  echo "HOSTILE: $((rounds * 900)) nodes written" >/dev/console
done
`;

/** Kernels unpack one archive after the other, and what comes later counts. */
export const makeHostileRamdisk = async (tinyLinux: string, path: string): Promise<void> => {
  const agent = writeCpio([{ kind: 'file', path: 'bin/xen-agent', mode: 0o755, data: Buffer.from(AGENT) }]);
  await writeFile(path, Buffer.concat([await readFile(tinyLinux), gzipSync(agent)]));
};
