// Node strips the types itself, so no transformer stands between the tests and the source.
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  // Two cores, and no suite in the process of another.
  maxWorkers: 2,
  testTimeout: 30_000,
  testMatch: ['<rootDir>/test/{unit,contract,property,golden,architecture}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/.run/'],
};
