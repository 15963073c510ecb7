// Where a guest's files lie on its Xen host: the same directories as on QEMU, and the script that connects its cards.

import path from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import { guestPaths, type GuestPaths, guestsDirectory } from '../guest-paths.ts';

export type XenPaths = Pick<GuestPaths, 'directory' | 'sockets' | 'handle' | 'monitor' | 'secondMonitor' | 'serial' | 'vnc' | 'spool'> & {
  /** What `xl create` and `xl restore` read. */
  readonly config: string;
  readonly vifScript: string;
};

export { guestsDirectory };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whatever else lies among the guests' directories is none. */
export const isGuestId = (id: string): boolean => UUID.test(id);

/** Throws `bad-config` for a state directory whose path Xen's tools would cut in pieces. */
export const xenPaths = (stateDir: string, id: string): XenPaths => {
  if (!/^[\w./+@-]+$/.test(stateDir)) {
    throw new DriverError(
      'bad-config',
      `on Xen the state directory's path has letters, digits and ._+@- only, which "${stateDir}" has not`,
    );
  }
  const paths = guestPaths(path.resolve(stateDir), id);
  return { ...paths, config: path.join(paths.directory, 'xl.cfg'), vifScript: path.join(path.resolve(stateDir), 'vif-xcp') };
};
