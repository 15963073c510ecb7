// The script that a DHCP client runs when something becomes of its lease: it gives the link its address and writes the lease down. It
// works without hostd, so that leases go on while that is down; hostd is told by the file. One script for udhcpc and for dhclient.

/** Files of one link and family: `<dir>/<device>.<4|6>.<suffix>`; the script finds them by $XCP_DHCP, their common beginning. */
export const dhcpScript = `#!/bin/sh
# Written by xcp hostd at each start; changes are lost.
set -u
PATH=/usr/sbin:/sbin:/usr/bin:/bin:$PATH
base=\${XCP_DHCP:?}

had() { sed -n "s/^$1=//p" "$base.lease" 2>/dev/null | head -n 1; }

drop_old() { # drop_old NEW-ADDRESS
  old=$(had address) prefix=$(had prefix)
  [ -n "$old" ] && [ "$old" != "$1" ] || return 0
  ip address del "$old/$prefix" dev "$dev" 2>/dev/null || true
}

keep() { # keep ADDRESS PREFIX GATEWAY DNS CLIENT
  { echo "address=$1"; echo "prefix=$2"; echo "gateway=$3"; echo "dns=$4"; echo "client=$5"; echo "end=yes"; } >"$base.lease.new"
  mv "$base.lease.new" "$base.lease"
}

bound() { # bound ADDRESS PREFIX GATEWAY DNS CLIENT
  ip link set dev "$dev" up
  case $1 in
    *:*) ip address replace "$1/$2" dev "$dev" ;;
    *) ip address replace "$1/$2" broadcast + dev "$dev" ;;
  esac
  drop_old "$1"
  # Whose gateway is the host's is for hostd to say.
  if [ -n "$3" ] && [ -e "$base.gateway" ]; then ip route replace default via "$3" dev "$dev"; fi
  keep "$@"
}

lost() { # lost CLIENT; a client that only begins has nothing to lose
  [ "$(had client)" = "$1" ] || return 0
  drop_old none
  : >"$base.lease.new"
  mv "$base.lease.new" "$base.lease"
}

prefix_of() { # prefix_of NETMASK
  bits=0
  for part in $(echo "$1" | tr . ' '); do
    while [ "$part" -gt 0 ]; do bits=$((bits + part % 2)) part=$((part / 2)); done
  done
  echo "$bits"
}

dev=$interface
if [ -n "\${reason:-}" ]; then
  # dhclient: its process is the parent of this one.
  case $reason in
    PREINIT | PREINIT6) ip link set dev "$dev" up ;;
    BOUND | RENEW | REBIND | REBOOT)
      set -- \${new_routers:-}
      bound "$new_ip_address" "$(prefix_of "$new_subnet_mask")" "\${1:-}" "\${new_domain_name_servers:-}" "$PPID" ;;
    BOUND6 | RENEW6 | REBIND6) bound "$new_ip6_address" "\${new_ip6_prefixlen:-128}" "" "\${new_dhcp6_name_servers:-}" "$PPID" ;;
    EXPIRE | FAIL | EXPIRE6) lost "$PPID" ;;
  esac
else
  case \${1:-} in
    bound | renew)
      set -- \${router:-}
      bound "$ip" "\${mask:-$(prefix_of "$subnet")}" "\${1:-}" "\${dns:-}" "$PPID" ;;
    deconfig) lost "$PPID" ;;
  esac
fi
exit 0
`;

/**
 * Starts a client of DHCPv6: PID-FILE DEVICE COMMAND… It speaks from the link's own address, which a link that has just come up has only
 * when the kernel has asked whether somebody else has it.
 */
export const dhcp6Starter = `#!/bin/sh
# Written by xcp hostd at each start; changes are lost.
PATH=/usr/sbin:/sbin:/usr/bin:/bin:$PATH
echo $$ >"$1"
dev=$2
shift 2
ready() {
  found=$(ip -6 -oneline address show dev "$dev" scope link)
  case $found in '' | *tentative*) return 1 ;; esac
}
tries=0
until ready || [ $tries -ge 300 ]; do tries=$((tries + 1)); sleep 0.1; done
exec "$@"
`;
