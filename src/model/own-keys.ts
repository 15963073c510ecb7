// Keys of `other_config` that are this project's own and that its client and its servers must spell alike.

/** Marks a network that was made together with its VLAN, and goes with it. */
export const madeWithVlanKey = 'xcp-made-with-vlan';
