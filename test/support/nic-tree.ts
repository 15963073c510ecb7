// A part of sysfs with NICs in it, made in a folder: what the kernel shows of hardware that this machine does not have. It is files alone: it takes
// any number of virtual functions and shows it again, as the kernel does for a NIC that can.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface NicSpec {
  /** Parts below `devices`, down to what the interface stands on: `pci0000:00/0000:00:03.0/0000:05:00.1`. Left out: no hardware. */
  readonly place?: string;
  readonly vendor?: string;
  readonly device?: string;
  readonly totalVfs?: number;
  readonly numVfs?: number;
  /** Drivers of its functions, in order; undefined: none. */
  readonly drivers?: readonly (string | undefined)[];
}

export class NicTree implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'xcp-sysfs-'));

  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), `${text}\n`);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8').trim();
  }

  add(name: string, { place, vendor, device, totalVfs, numVfs = 0, drivers = [] }: NicSpec): void {
    const link = join(this.root, 'class/net', name);
    if (place === undefined) {
      mkdirSync(link, { recursive: true });
      return;
    }
    const hardware = join('devices', place);
    const parts = hardware.split('/');
    const pci = parts.slice(0, parts.findLastIndex(part => /\.\d$/.test(part)) + 1).join('/');
    if (vendor !== undefined) this.file(`${pci}/vendor`, `0x${vendor}`);
    if (device !== undefined) this.file(`${pci}/device`, `0x${device}`);
    mkdirSync(join(this.root, hardware, 'net', name), { recursive: true });
    symlinkSync('../..', join(this.root, hardware, 'net', name, 'device'));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join('../..', hardware, 'net', name), link);
    if (totalVfs === undefined) return;
    this.file(`${hardware}/sriov_totalvfs`, String(totalVfs));
    this.file(`${hardware}/sriov_numvfs`, String(numVfs));
    for (const [number, driver] of drivers.entries()) {
      const functionPath = join(this.root, hardware, `virtfn${number}`);
      mkdirSync(functionPath);
      if (driver !== undefined) symlinkSync(`../../../bus/pci/drivers/${driver}`, join(functionPath, 'driver'));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
