// Frames of the tests' own kind: nobody but a listener of the test understands them, so nothing answers and nothing filters them by its
// content. Each bears a mark to be known by.

/** Local experiments may use this type. */
const etherType = '88b5';
export const broadcast = 'ff:ff:ff:ff:ff:ff';

const hex = (mac: string): string => mac.replaceAll(':', '');

export interface MarkedFrame {
  readonly from: string;
  /** Everyone, if left out. */
  readonly to?: string;
  readonly mark: string;
  /** A tag that the sender itself puts on. */
  readonly tag?: number;
}

/** The frame as a hexadecimal text, padded to the least that a wire carries. */
export const markedFrame = ({ from, to = broadcast, mark, tag }: MarkedFrame): string => {
  const vlan = tag === undefined ? '' : `8100${tag.toString(16).padStart(4, '0')}`;
  return `${hex(to)}${hex(from)}${vlan}${etherType}${Buffer.from(mark).toString('hex')}`.padEnd(120, '0');
};
