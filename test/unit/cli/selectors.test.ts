// Selectors: what is a filter, and what belongs to the command.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const run = async (programName: 'xcp' | 'xe', ...argv: readonly string[]) => {
  const transport = new FakeServer(
    { host: { 'OpaqueRef:1': { uuid: '1', name_label: 'host1', hostname: 'host1', other_config: { rack: '4' } } } },
    { answer: ({ method }) => (method === 'host.set_power_on_mode' ? '' : undefined) },
  );
  const io = { ...testIo({ transport }), programName };
  const code = await runCli(argv, io);
  return { code, stderr: io.output.stderr, sent: transport.requests.find(({ method }) => method === 'host.set_power_on_mode')?.params };
};

test.each(['xcp', 'xe'] as const)('called %s, keys of a map that its row names without a colon are no filters', async name => {
  const { code, sent } = await run(
    name,
    'host-set-power-on-mode',
    'host=host1',
    'power-on-mode=IPMI',
    'power-on-config:power_on_ip=192.0.2.1',
  );
  expect(code).toBe(0);
  expect(sent?.slice(1)).toEqual(['OpaqueRef:1', 'IPMI', { power_on_ip: '192.0.2.1' }]);
});

test('other maps still filter', async () => {
  expect((await run('xcp', 'host-set-power-on-mode', 'other-config:rack=4', 'power-on-mode=IPMI')).code).toBe(0);
  const { code, stderr } = await run('xcp', 'host-set-power-on-mode', 'other-config:rack=5', 'power-on-mode=IPMI');
  expect(code).toBe(1);
  expect(stderr).toBe('Error: No matching hosts found\n');
});
