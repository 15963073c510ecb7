// The unit in which storage tests write and compare: a cluster of a qcow2 image, and the simulator's block.

export const blockBytes = 65_536;
