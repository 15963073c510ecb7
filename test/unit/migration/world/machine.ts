// The physical world of the migration tests: images, guests, ports and a cable, small enough to be looked at whole. It outlives the
// hostds above it, as disks and processes do. Guests write at every step anybody takes.

import type { GuestFeatures, GuestSpec, GuestState } from '../../../../src/drivers/hypervisor.ts';
import type { VolumeSpec } from '../../../../src/drivers/storage.ts';

export interface Layer {
  readonly name: string;
  readonly below: Layer | undefined;
  readonly blocks: Map<number, string>;
}

export interface Volume {
  readonly spec: VolumeSpec;
  top: Layer;
  owner: string | undefined;
  exported: boolean;
  readonly readOnly: boolean;
}

export interface Guest {
  readonly spec: GuestSpec;
  state: GuestState;
  /** By disk id: the layer that takes the writes. */
  readonly disks: Map<string, Layer>;
  /** What the guest remembers: how often it wrote, and where. */
  memory: { count: number; readonly written: Map<string, Map<number, string>> };
  arrived: boolean;
  /** While mirrors run: where writes go as well, by disk id. */
  mirrors: Map<string, Layer> | undefined;
}

export const BLOCKS = 7;

export class Machine {
  readonly name: string;
  readonly volumes = new Map<string, Volume>();
  readonly guests = new Map<string, Guest>();
  readonly ports = new Set<string>();
  constructor(name: string) {
    this.name = name;
  }
  layerOf(path: string): Layer {
    for (const layer of this.#layers()) if (layer.name === path) return layer;
    throw new Error(`no layer ${path} on ${this.name}`);
  }
  *#layers(): Iterable<Layer> {
    const tops = [
      ...[...this.volumes.values()].map(volume => volume.top),
      ...[...this.guests.values()].flatMap(guest => [...guest.disks.values()]),
      ...this.spare,
    ];
    for (const top of tops) for (let layer: Layer | undefined = top; layer; layer = layer.below) yield layer;
  }
  /** Overlays that are made but on top of nothing yet. */
  readonly spare = new Set<Layer>();
  freeBytes = 1e12;
  memoryFreeBytes = 1e12;
  /** Of its processors, if they are levelled. */
  guestFeatures: GuestFeatures | undefined;
}

export const chainOf = (top: Layer): readonly Layer[] => {
  const chain: Layer[] = [];
  for (let layer: Layer | undefined = top; layer; layer = layer.below) chain.push(layer);
  return chain;
};

/** What a reader of the top sees. */
export const contentOf = (top: Layer): ReadonlyMap<number, string> => {
  const content = new Map<number, string>();
  for (const layer of chainOf(top).toReversed()) for (const [block, data] of layer.blocks) content.set(block, data);
  return content;
};

/** Every guest that runs writes one record to each of its disks. Two guests of one id running is the end of the world. */
export function tick(machines: readonly Machine[]): void {
  const running = machines.flatMap(machine =>
    [...machine.guests.values()].filter(guest => guest.state === 'running').map(guest => guest.spec.id),
  );
  if (new Set(running).size !== running.length) throw new Error('a VM runs twice');
  for (const machine of machines) {
    for (const guest of machine.guests.values()) if (guest.state === 'running') write(guest);
  }
}

function write(guest: Guest): void {
  guest.memory.count++;
  for (const disk of guest.spec.disks) {
    const layer = guest.disks.get(disk.id);
    if (disk.readOnly || layer === undefined) continue;
    const block = guest.memory.count % BLOCKS;
    const data = `${disk.userdevice}:${guest.memory.count}`;
    layer.blocks.set(block, data);
    guest.mirrors?.get(disk.id)?.blocks.set(block, data);
    const written = guest.memory.written.get(disk.userdevice) ?? new Map<number, string>();
    guest.memory.written.set(disk.userdevice, written.set(block, data));
  }
}
