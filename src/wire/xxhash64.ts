// XXH64, the fast checksum that newer servers write beside each block of an export. 64-bit numbers as two halves of 32, since BigInt would
// take a second for what takes a hundredth: blocks are checked as they come, thousands one after another.

/** A 64-bit number that is changed in place. */
class Word {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  copy({ high, low }: Word): this {
    return this.set(high, low);
  }

  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    this.low = sum | 0;
    return this;
  }

  multiply({ high, low }: Word): this {
    // Schoolbook in 16 bits for the upper half of low × low; the rest wraps.
    const [a1, a0, b1, b0] = [this.low >>> 16, this.low & 0xffff, low >>> 16, low & 0xffff];
    const middle = a1 * b0 + ((a0 * b0) >>> 16);
    const carry = a0 * b1 + (middle & 0xffff);
    // Sums below 2^53, so that division keeps them whole where a shift would not.
    const upper = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
    this.high = (upper + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = Math.imul(this.low, low);
    return this;
  }

  rotate(bits: number): this {
    const { high, low } = this;
    if (bits === 32) return this.set(low, high);
    if (bits < 32) return this.set((high << bits) | (low >>> (32 - bits)), (low << bits) | (high >>> (32 - bits)));
    const rest = bits - 32;
    return this.set((low << rest) | (high >>> (32 - rest)), (high << rest) | (low >>> (32 - rest)));
  }

  xor({ high, low }: Word): this {
    return this.set(this.high ^ high, this.low ^ low);
  }

  /** x ^= x >>> bits */
  fold(bits: number): this {
    if (bits >= 32) return this.set(this.high, this.low ^ (this.high >>> (bits - 32)));
    return this.set(this.high ^ (this.high >>> bits), this.low ^ ((this.low >>> bits) | (this.high << (32 - bits))));
  }
}

const word = (high: number, low: number): Word => new Word().set(high, low);

const P1 = word(0x9e3779b1, 0x85ebca87);
const P2 = word(0xc2b2ae3d, 0x27d4eb4f);
const P3 = word(0x165667b1, 0x9e3779f9);
const P4 = word(0x85ebca77, 0xc2b2ae63);
const P5 = word(0x27d4eb2f, 0x165667c5);

const lane = new Word();

const round = (state: Word, high: number, low: number): void => {
  lane.set(high, low).multiply(P2);
  state.add(lane.high, lane.low).rotate(31).multiply(P1);
};

const merge = (hash: Word, state: Word): void => {
  const value = new Word();
  round(value, state.high, state.low);
  hash.xor(value).multiply(P1).add(P4.high, P4.low);
};

/** Four lanes of 8 bytes at a time; returns where the whole stripes end. */
const stripes = (view: DataView, hash: Word): number => {
  const states = [
    new Word().copy(P1).add(P2.high, P2.low),
    new Word().copy(P2),
    new Word(),
    // 0 - P1
    word(~P1.high, ~P1.low).add(0, 1),
  ] as const;
  const [s0, s1, s2, s3] = states;
  let at = 0;
  for (; at + 32 <= view.byteLength; at += 32) {
    round(s0, view.getUint32(at + 4, true), view.getUint32(at, true));
    round(s1, view.getUint32(at + 12, true), view.getUint32(at + 8, true));
    round(s2, view.getUint32(at + 20, true), view.getUint32(at + 16, true));
    round(s3, view.getUint32(at + 28, true), view.getUint32(at + 24, true));
  }
  states.forEach((state, i) => {
    const turned = new Word().copy(state).rotate([1, 7, 12, 18][i] ?? 0);
    hash.add(turned.high, turned.low);
  });
  for (const state of states) merge(hash, state);
  return at;
};

/** The hash with seed 0 as 16 digits in upper case, as exports write it. */
export const xxhash64 = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hash = new Word();
  let at = 0;
  if (bytes.length >= 32) at = stripes(view, hash);
  else hash.copy(P5);
  hash.add(Math.floor(bytes.length / 2 ** 32), bytes.length);
  const value = new Word();
  for (; at + 8 <= bytes.length; at += 8) {
    value.set(0, 0);
    round(value, view.getUint32(at + 4, true), view.getUint32(at, true));
    hash.xor(value).rotate(27).multiply(P1).add(P4.high, P4.low);
  }
  if (at + 4 <= bytes.length) {
    hash
      .xor(value.set(0, view.getUint32(at, true)).multiply(P1))
      .rotate(23)
      .multiply(P2)
      .add(P3.high, P3.low);
    at += 4;
  }
  for (; at < bytes.length; at += 1)
    hash
      .xor(value.set(0, bytes[at] ?? 0).multiply(P5))
      .rotate(11)
      .multiply(P1);
  hash.fold(33).multiply(P2).fold(29).multiply(P3).fold(32);
  return [hash.high, hash.low]
    .map(half => (half >>> 0).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase();
};
