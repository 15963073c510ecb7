// Which network driver this host gets: what was asked for, or the best that this machine allows, and in the latter case why not more.

import { access } from 'node:fs/promises';
import type { Logger } from '../../lib/logger.ts';
import { messageOf } from '../errno.ts';
import { DriverError } from '../hypervisor.ts';
import type { NetworkDriver, NicChoice } from '../network.ts';
import { findProgram } from '../tool.ts';
import { createOvsNetwork } from './ovs/driver.ts';
import { hasPrivateSwitch, startPrivateSwitch } from './ovs/private-switch.ts';
import { createSimNetwork } from './sim/driver.ts';
import { createUserNetwork } from './user/driver.ts';

export interface NetworkChoice {
  readonly wanted: 'auto' | 'ovs' | 'user' | 'sim';
  readonly stateDir: string;
  readonly log: Logger;
  readonly rundir?: string;
  readonly nics?: NicChoice;
  /** The file with the host's name servers, where they are hostd's to say. */
  readonly resolvConf?: string;
  /** The bridges' names are this host's alone: for hosts that are not the machine's only one. */
  readonly privateNames?: boolean;
  /** Where Open vSwitch is installed but does not answer: start one for the xcp hosts of this machine. */
  readonly startPrivateSwitch?: boolean;
  /** Its directory, when it is not the machine's usual one. */
  readonly privateSwitchDir?: string;
}

/** Why this process cannot use Open vSwitch at all; undefined when it can. */
const obstacle = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) return 'hostd does not run as root';
  if ((await findProgram('ip')) === undefined) return 'the program ip (package iproute2) is not installed';
  const hasTun = await access('/dev/net/tun').then(
    () => true,
    () => false, // the device is missing
  );
  return hasTun ? undefined : '/dev/net/tun does not exist';
};

const tryOvs = async (options: Parameters<typeof createOvsNetwork>[0]): Promise<NetworkDriver> => {
  const driver = createOvsNetwork(options);
  try {
    await driver.probe();
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
};

/** The running Open vSwitch, else one of our own if that is allowed. Rejects with the reason why there is none. */
const openOvs = async ({
  stateDir,
  log,
  rundir,
  nics = 'none',
  resolvConf,
  privateNames = false,
  startPrivateSwitch: mayStart,
  privateSwitchDir,
}: NetworkChoice): Promise<NetworkDriver> => {
  const why = await obstacle();
  if (why !== undefined) throw new DriverError('unsupported', why);
  const own = { stateDir, log, nics, ...(resolvConf !== undefined && { resolvConf }) };
  // A switch of our own that was used before holds the ports of running guests.
  if (mayStart !== true || !(await hasPrivateSwitch(privateSwitchDir)))
    try {
      return await tryOvs({ ...own, privateNames, ...(rundir !== undefined && { rundir }) });
    } catch (error) {
      if (mayStart !== true) throw error;
    }
  if ((await findProgram('ovs-vswitchd')) === undefined) throw new DriverError('unsupported', 'Open vSwitch is not installed');
  return tryOvs({ ...own, rundir: await startPrivateSwitch(privateSwitchDir), datapath: 'netdev', privateNames: true });
};

export const chooseNetwork = async (choice: NetworkChoice): Promise<NetworkDriver> => {
  switch (choice.wanted) {
    case 'sim':
      return createSimNetwork({ stateDir: choice.stateDir });
    case 'user':
      return createUserNetwork({ reason: 'it was asked for' });
    case 'ovs':
      return openOvs(choice);
    case 'auto':
      try {
        return await openOvs(choice);
      } catch (error) {
        const reason = messageOf(error);
        choice.log.warn('Open vSwitch cannot be used: guests get a user-mode network, which reaches out but is not reached', { reason });
        return createUserNetwork({ reason });
      }
    default:
      return choice.wanted satisfies never;
  }
};
