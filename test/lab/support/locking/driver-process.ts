// The network driver in a process of its own inside a namespace, as hostd has it: so that it can be killed, and works on that
// namespace's devices. Calls are JSON lines on standard input: {"id", "call", "args"}.

import { createInterface } from 'node:readline';
import { createOvsNetwork } from '../../../../src/drivers/network/ovs/driver.ts';
import type { BridgeSpec, HostNetwork, VifPort } from '../../../../src/drivers/network.ts';
import { type Logger, silentLogger } from '../../../../src/lib/logger.ts';

interface Call {
  readonly id: number;
  readonly call: 'apply' | 'probe' | 'ensureBridge' | 'removeBridge' | 'plug' | 'unplug' | 'ports';
  readonly args: readonly unknown[];
}

const [stateDir = '', rundir = ''] = process.argv.slice(2);
const told = (message: string, fields: object = {}): void => {
  process.stderr.write(
    `${message} ${JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.message : value))}\n`,
  );
};
const log: Logger = { ...silentLogger, error: told, warn: told, info: told };
const network = createOvsNetwork({ stateDir, log, rundir, datapath: 'netdev', privateNames: true });

const run = ({ call, args }: Call): Promise<unknown> => {
  const [first] = args;
  switch (call) {
    case 'apply':
      return network.apply(first as HostNetwork).then(failures => failures.size);
    case 'probe':
      return network.probe();
    case 'ensureBridge':
      return network.ensureBridge(first as BridgeSpec);
    case 'removeBridge':
      return network.removeBridge(first as string);
    case 'plug':
      return network.plug(first as VifPort);
    case 'unplug':
      return network.unplug(first as string);
    case 'ports':
      return network.ports();
    default:
      return call satisfies never;
  }
};

const answer = (fields: object): void => {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
};

// As hostd does first of all.
await network.probe();
answer({ id: 0 });
createInterface(process.stdin)
  .on('line', line => {
    const call = JSON.parse(line) as Call;
    run(call).then(
      value => answer({ id: call.id, value: value ?? null }),
      (error: unknown) => answer({ id: call.id, error: String(error) }),
    );
  })
  .on('close', () => void network.close());
