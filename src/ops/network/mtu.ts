// What a device can be made with at all. XenAPI takes any number for an MTU, and a network that nobody can use is no help to anybody.

/** Of IPv4, and of a tap device: 65 535 without an Ethernet header. */
const [minMtu, maxMtu] = [68, 65_521];

/** The nearest that is possible. */
export const possibleMtu = (mtu: number): number => Math.min(Math.max(mtu, minMtu), maxMtu);
