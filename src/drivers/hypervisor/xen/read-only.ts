// Read-only disks of guests whose processor does the paging.
//
// The QEMU beside a domain serves a raw image for reading only to a device of the type cdrom. Linux as a PV guest takes that like any disk; with
// hardware paging it looks at the type that its own end of the device names, and leaves a cdrom to an emulated drive, also where no machine is emulated. So
// the guest's end is made to say disk before the guest looks: what the disk can do is told by the other end. QEMU writes the type once itself, before it says
// that it waits for the guest, and a guest looks at a new device at once: so it is stopped for that long.

import { type DiskSpec, DriverError, type GuestSpec } from '../../hypervisor.ts';
import { diskText, isReadOnly, presentDisks, vbdNumber, vdevOf } from './disks.ts';
import type { Dom0 } from './dom0.ts';
import type { DomainKind } from './kind.ts';
import { xlError } from './xl-errors.ts';
import type { Xenstore } from './xenstore.ts';

const WAITS = '2';
const OPENS_MS = 30_000;
/** More than the script takes at worst. */
const PLUG_MS = 120_000;

const needsHelp = (disk: DiskSpec, kind: DomainKind): boolean => kind !== 'pv' && isReadOnly(disk);

/** The numbers of a domain's disks that its guest would not take as they are. */
export const unseenDisks = (spec: Pick<GuestSpec, 'disks'>, kind: DomainKind): readonly number[] =>
  presentDisks(spec, kind)
    .filter(disk => needsHelp(disk, kind))
    .map(disk => vbdNumber(vdevOf(disk)));

/** Of a domain that has not run yet. */
export const showDisks = async (store: Xenstore, domid: number, numbers: readonly number[]): Promise<void> => {
  for (const number of numbers) {
    const state = `/local/domain/0/backend/qdisk/${domid}/${number}/state`;
    const waits = async (): Promise<true | undefined> => ((await store.readText(state)) === WAITS ? true : undefined);
    const limit = AbortSignal.timeout(OPENS_MS);
    await store.until(state, waits, limit).catch((cause: unknown) => {
      throw limit.aborted ? new DriverError('timeout', `the image of the read-only disk ${number} was not opened`, { cause }) : cause;
    });
    await store.write(`/local/domain/${domid}/device/vbd/${number}/device-type`, 'disk');
  }
};

/** $1: the domain, $2: the disk, $3: its number. Not ended with this process, so that no guest stays stopped. */
const PLUG = `xl pause "$1" || exit
trap 'xl unpause "$1"' EXIT
timeout 60 xl block-attach "$1" "$2" || exit
end=/local/domain/0/backend/qdisk/$1/$3/state
for try in $(seq 100); do
  [ "$(xenstore-read "$end" 2>/dev/null)" = ${WAITS} ] && break
  sleep 0.1
done
xenstore-write "/local/domain/$1/device/vbd/$3/device-type" disk
`;

/** Attaches such a disk to a guest that runs or is paused, which it stays. False, and nothing done, when the disk is one that any guest takes. */
export const attachUnseen = async (dom0: Dom0, domid: number, disk: DiskSpec, kind: DomainKind, tried: string): Promise<boolean> => {
  if (!needsHelp(disk, kind)) return false;
  const words = [String(domid), diskText(disk, kind), String(vbdNumber(vdevOf(disk)))];
  try {
    await dom0.run('sh', ['-c', PLUG, 'xcp-plug', ...words], { signal: AbortSignal.timeout(PLUG_MS), outlives: true });
  } catch (error) {
    throw xlError(tried, error);
  }
  return true;
};
