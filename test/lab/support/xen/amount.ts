// How much of the same the Xen lab does: an emulated host takes its time.

/** `XCP_LAB_XEN_QUICK=1`: less of it; so it is when all labs run. */
const isQuick = process.env['XCP_LAB_XEN_QUICK'] === '1';

export const amount = <T>(all: T, quick: T): T => (isQuick ? quick : all);
