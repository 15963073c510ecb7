// `xcp hostd` inside a host of the rack, on that host's own switch.

import { join } from 'node:path';
import { labHost, type LabHost } from '../hosts.ts';
import type { RackHost } from './rack.ts';

/** Its folder is within the rack's, and goes with it at the latest. `args`: further options of hostd. */
export const rackHostd = (
  folder: string,
  host: RackHost,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LabHost> =>
  labHost(host.name, {
    folder: join(folder, `hostd-${host.name}`),
    wrap: host.space.wrap,
    env: { OVS_RUNDIR: host.ovs.rundir, ...env },
    // Every host has its own loopback, so the same port serves all.
    tlsPort: 443,
    // Named one by one: virtual devices do not count as NICs by themselves.
    args: ['--network', 'ovs', ...host.nics.flatMap(nic => ['--nics', nic]), ...args],
  });
