// Finds out whether KVM runs guest code on this machine. Opening the device proves nothing: some hosts open it, create a virtual machine
// and then run real mode at best. So a machine is started whose firmware is our own and goes to 64-bit mode, where it writes a number
// to QEMU's exit port; QEMU's exit status then carries that number.
// The answer is kept in the state directory for as long as this kernel runs and QEMU's version stays.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programVersion } from '../../program-version.ts';
import { DriverError } from '../../hypervisor.ts';
import { EXIT_PORT, probeFirmware, SIGN_STATUS } from './probe-firmware.ts';
import { QEMU_PROGRAM } from './process.ts';

export type Accelerator = 'kvm' | 'tcg';

const PROBE_TIMEOUT_MS = 3_000;

/** Whether a machine under this accelerator executes its firmware within the time limit. */
export const runsGuestCode = async (accelerator: Accelerator): Promise<boolean> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'xcp-probe-'));
  try {
    const firmware = path.join(directory, 'firmware');
    await writeFile(firmware, probeFirmware());
    const machine = [
      '-M',
      'q35',
      '-accel',
      accelerator,
      '-cpu',
      accelerator === 'kvm' ? 'host' : 'max',
      '-m',
      '2',
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-bios',
      firmware,
    ];
    const child = spawn(QEMU_PROGRAM, [...machine, '-device', `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_TIMEOUT_MS);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.once('exit', status => resolve(status));
    child.once('error', () => resolve(null));
    const status = await promise;
    clearTimeout(timer);
    return status === SIGN_STATUS;
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** QEMU's own version. Rejects with DriverError `unsupported` when it is not installed. */
export const qemuVersion = async (stateDir: string): Promise<string> => {
  try {
    const text = await programVersion(QEMU_PROGRAM, path.join(stateDir, 'run', 'qemu-version'));
    return /version (\d+(?:\.\d+)+)/.exec(text)?.[1] ?? 'unknown';
  } catch (cause) {
    throw new DriverError('unsupported', `${QEMU_PROGRAM} does not run; apt-get install qemu-system-x86 qemu-utils`, { cause });
  }
};

const isDevicePresent = (): Promise<boolean> =>
  access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

export const findAccelerator = async (stateDir: string, version: string): Promise<Accelerator> => {
  if (!(await isDevicePresent())) return 'tcg';
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const key = `${bootId} ${version} ${createHash('sha256').update(probeFirmware()).digest('hex').slice(0, 8)}`;
  const file = path.join(stateDir, 'accelerator');
  const [knownKey, known] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  if (knownKey === key && (known === 'kvm' || known === 'tcg')) return known;
  const found: Accelerator = (await runsGuestCode('kvm')) ? 'kvm' : 'tcg';
  await mkdir(stateDir, { recursive: true });
  await writeFile(`${file}.new`, `${key}\n${found}\n`);
  await rename(`${file}.new`, file);
  return found;
};
