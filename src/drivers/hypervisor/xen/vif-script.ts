// The script that Xen's tools call when a guest's card comes or goes.
//
// The network driver has put the card's port on the switch before, under the name of a tap device that holds its place. When the domain comes, its
// card takes that device's place and name, and with them the port; when the domain goes, the kernel removes the card, and the port waits for the next.

import type { Dom0 } from './dom0.ts';
import type { XenPaths } from './paths.ts';

const script = `#!/bin/sh
# Connects the network cards of guests; called by Xen's tools, written by xcp hostd.
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
failed() {
  xenstore-write "$XENBUS_PATH/hotplug-error" "$1" "$XENBUS_PATH/hotplug-status" error
  exit 1
}
[ "$1" = online ] || exit 0
name=$(xenstore-read "$XENBUS_PATH/vifname" 2>/dev/null)
mtu=$(xenstore-read "$XENBUS_PATH/mtu" 2>/dev/null)
if [ -n "$name" ] && [ "$name" != "$vif" ]; then
  kept="\${0%/*}/ports/$name"
  if [ -e "/sys/class/net/$name/tun_flags" ]; then
    mkdir -p "\${0%/*}/ports" && cat "/sys/class/net/$name/ifalias" >"$kept" || failed "the port's mark cannot be kept"
    ip link delete dev "$name" || failed "the device $name cannot be removed"
  fi
  ip link set dev "$vif" down && ip link set dev "$vif" name "$name" || failed "$vif cannot be renamed to $name"
  [ -s "$kept" ] && ip link set dev "$name" alias "$(cat "$kept")"
  vif=$name
fi
[ -n "$mtu" ] && ip link set dev "$vif" mtu "$mtu"
ip link set dev "$vif" up || failed "$vif cannot be brought up"
xenstore-write "$XENBUS_PATH/hotplug-status" connected
`;

export const installVifScript = async (dom0: Dom0, paths: Pick<XenPaths, 'vifScript'>): Promise<void> => {
  if ((await dom0.readText(paths.vifScript)) !== script) await dom0.writeText(paths.vifScript, script, 0o700);
};
