// The labs: real QEMU, real Open vSwitch. Slow on purpose, two at a time: the machine has two cores to give.
import base from './jest.config.js';

export default { ...base, testMatch: ['<rootDir>/test/lab/**/*.test.ts'], maxWorkers: 2, testTimeout: 180_000, verbose: true };
