// Network driver `ovs`: bridges and guests' ports on Open vSwitch, through its database. Wishes made at one time become one transaction;
// a wish is fulfilled when the switch itself has applied it and the interface works.
//
// The datapath is the kernel's where its module is loaded, else user space. Where several hosts share a machine each makes its
// bridges under names of its own (`privateNames`).

import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../../lib/json.ts';
import type { Logger } from '../../../lib/logger.ts';
import { numberOf } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';
import type { BondStatus, HostNetwork, NetworkDriver, NetworkInfo, NicAttachment, NicChoice, VifPort } from '../../network.ts';
import { runTool } from '../../tool.ts';
import { gather, type Settled } from '../gather.ts';
import { hostInterfaces } from '../host-interfaces.ts';
import { type Host, planBatch, pluggedVifs, type Wish } from './changes.ts';
import { type Operation, OvsdbClient, OvsdbError } from './ovsdb-client.ts';
import { SwitchView } from './switch-view.ts';
import { makeTaps, removeTaps, type Tap, tagOf, tapName, tapVifs } from './tap.ts';

export interface OvsOptions {
  readonly stateDir: string;
  readonly log: Logger;
  /** Where Open vSwitch keeps its sockets; default: OVS_RUNDIR, else /var/run/openvswitch. */
  readonly rundir?: string;
  /** `auto` finds out. */
  readonly datapath?: 'auto' | 'system' | 'netdev';
  /** Bridges get names of this host alone on the machine. */
  readonly privateNames?: boolean;
  /** Default: none. */
  readonly nics?: NicChoice;
}

interface Connection {
  readonly client: OvsdbClient;
  readonly view: SwitchView;
  readonly host: Host;
}

const maxDeviceName = 15;
/** Long enough for a switch that has just started; a dead one must not hold up hostd's start. */
const probeTimeoutMs = 5_000;
const uuidPattern = /^[0-9a-f-]{36}$/;

const kernelDatapath = async (types: readonly string[]): Promise<boolean> =>
  types.includes('system') &&
  (await access('/sys/module/openvswitch').then(
    () => true,
    () => false, // the module is not loaded
  ));

const bumpConfiguration: readonly Operation[] = [
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
  { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
];

const nextCfgOf = (results: readonly { readonly [key: string]: Json }[]): number => {
  const rows = results.at(-1)?.['rows'];
  const [row] = Array.isArray(rows) ? rows : [];
  return typeof row === 'object' && row !== null && !Array.isArray(row)
    ? (numberOf((row as { readonly [key: string]: Json })['next_cfg']) ?? 0)
    : 0;
};

/** Only the distribution's start script notes the version in the database. */
const programVersion = async (): Promise<string> => /(\d+\.\d+\.\d+)/.exec(await runTool('ovs-vswitchd', ['--version']))?.[1] ?? '';

class OvsNetwork implements NetworkDriver {
  readonly #options: OvsOptions;
  readonly #tag: string;
  readonly #change: (wish: Wish) => Promise<void>;
  #connection: Promise<Connection> | undefined;

  constructor(options: OvsOptions) {
    this.#options = options;
    this.#tag = tagOf(options.stateDir);
    this.#change = gather(wishes => this.#fulfil(wishes));
  }

  async probe(): Promise<NetworkInfo> {
    const { view, client } = await this.#connected();
    await view.untilApplied(client, nextCfgOf(await client.transact(bumpConfiguration)), new Set(), probeTimeoutMs);
    const version = view.switch?.version;
    return { kind: 'ovs', ownsNics: false, version: version === undefined || version === '' ? await programVersion() : version };
  }

  interfaces = hostInterfaces;

  async apply({ networks }: HostNetwork): Promise<ReadonlyMap<string, DriverError>> {
    const failures = new Map<string, DriverError>();
    for (const network of networks) {
      const { uplink } = network;
      if (uplink.kind === 'none' || uplink.kind === 'nic') await this.ensureBridge(network);
      else failures.set(uplink.pif, new DriverError('unsupported', `a ${uplink.kind} cannot be made yet`));
    }
    return failures;
  }

  bonds = async (): Promise<readonly BondStatus[]> => [];

  onEvent = (): (() => void) => () => undefined;

  async ensureBridge(spec: Parameters<NetworkDriver['ensureBridge']>[0]): Promise<void> {
    await this.#change({ kind: 'bridge', spec, device: this.#deviceOf(spec.bridge) });
  }

  async removeBridge(bridge: string): Promise<void> {
    await this.#change({ kind: 'no-bridge', bridge, device: this.#deviceOf(bridge) });
  }

  async plug(port: VifPort): Promise<NicAttachment> {
    if (!uuidPattern.test(port.id)) throw new DriverError('bad-config', `"${port.id}" is not the uuid of a VIF`);
    if (port.lockingMode === 'locked')
      throw new DriverError(
        'unsupported',
        `VIF ${port.id} is locked to its addresses, which this version cannot enforce; it stays unplugged`,
      );
    if (port.lockingMode === 'disabled') {
      // Nothing may pass: the guest has a NIC without a link.
      await this.unplug(port.id);
      return { kind: 'none' };
    }
    const ifname = tapName(this.#tag, port.id);
    await this.#change({ kind: 'port', port, ifname, device: this.#deviceOf(port.bridge) });
    const { host } = await this.#connected();
    return { kind: 'tap', ifname, wholeChecksums: host.datapathType === 'netdev' };
  }

  async unplug(vifId: string): Promise<void> {
    await this.#change({ kind: 'no-port', vifId });
  }

  async ports(): Promise<readonly string[]> {
    const { view } = await this.#connected();
    return [...new Set([...pluggedVifs(view, this.#tag), ...(await tapVifs(this.#tag))])];
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined); // it never stood
    connection?.client.close();
  }

  #deviceOf(bridge: string): string {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(bridge)) throw new DriverError('bad-config', `"${bridge}" is no name for a bridge`);
    if (this.#options.privateNames === true)
      return `xb${createHash('sha256').update(`${this.#tag}\n${bridge}`).digest('hex').slice(0, 12)}`;
    if (bridge.length > maxDeviceName)
      throw new DriverError('bad-config', `the bridge name "${bridge}" is longer than the ${maxDeviceName} characters of a device`);
    return bridge;
  }

  #connected(): Promise<Connection> {
    const connecting = (this.#connection ??= this.#connect());
    // A failed attempt, or a connection that ended, is not kept: the next call tries anew.
    const forget = (): void => {
      if (this.#connection === connecting) this.#connection = undefined;
    };
    connecting.then(({ client }) => client.closed.then(forget), forget);
    return connecting;
  }

  async #connect(): Promise<Connection> {
    const rundir = this.#options.rundir ?? process.env['OVS_RUNDIR'] ?? '/var/run/openvswitch';
    const client = await OvsdbClient.connect(join(rundir, 'db.sock'));
    try {
      const view = await SwitchView.follow(client);
      if (!view.switch) throw new DriverError('bad-state', "Open vSwitch's database is empty: ovs-vswitchd has never run on it");
      const wanted = this.#options.datapath ?? 'auto';
      const system = wanted === 'auto' ? await kernelDatapath(view.switch.datapathTypes) : wanted === 'system';
      return { client, view, host: { tag: this.#tag, datapathType: system ? 'system' : 'netdev' } };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Devices first, then one transaction, then the devices nobody needs any more. */
  async #fulfil(wishes: readonly Wish[]): Promise<readonly Settled<void>[]> {
    const connection = await this.#connected();
    const taps = wishes.flatMap((wish): Tap[] =>
      wish.kind === 'port' ? [{ ifname: wish.ifname, vifId: wish.port.id, mtu: wish.port.mtu }] : [],
    );
    const tapFailures = await makeTaps(this.#tag, taps);
    const possible = wishes.filter(wish => wish.kind !== 'port' || !tapFailures.has(wish.ifname));
    const settled = new Map<Wish, Settled<void>>();
    for (const wish of wishes)
      if (wish.kind === 'port') {
        const error = tapFailures.get(wish.ifname);
        if (error) settled.set(wish, { ok: false, error });
      }
    for (const [i, result] of (await this.#commit(connection, possible)).entries()) {
      const wish = possible[i];
      if (wish) settled.set(wish, result);
    }
    await this.#cleanUp(wishes, settled);
    return wishes.map(wish => settled.get(wish) ?? { ok: true, value: undefined });
  }

  /** Removes the taps of ports that are gone, and of those that did not come to be. */
  async #cleanUp(wishes: readonly Wish[], settled: ReadonlyMap<Wish, Settled<void>>): Promise<void> {
    const useless = new Set<string>();
    for (const wish of wishes) {
      if (wish.kind === 'no-port') useless.add(tapName(this.#tag, wish.vifId));
      if (wish.kind !== 'port') continue;
      if (settled.get(wish)?.ok) useless.delete(wish.ifname);
      else useless.add(wish.ifname);
    }
    await removeTaps([...useless]);
  }

  async #commit(connection: Connection, wishes: readonly Wish[]): Promise<readonly Settled<void>[]> {
    const { client, view, host } = connection;
    if (wishes.length === 0) return [];
    const { operations, outcomes } = planBatch(view, host, wishes);
    try {
      if (operations.length > 0) {
        const devices = new Set(outcomes.flatMap(outcome => (outcome.kind === 'planned' ? outcome.interfaces : [])));
        const results = await client.transact([...operations, ...bumpConfiguration]);
        await view.untilApplied(client, nextCfgOf(results), devices);
      }
    } catch (error) {
      // A transaction is atomic: halves find the guilty wish, and only that one fails.
      if (!(error instanceof OvsdbError)) throw error;
      if (wishes.length === 1) return [{ ok: false, error: new DriverError('failed', error.message, { cause: error }) }];
      const half = wishes.length >> 1;
      return [...(await this.#commit(connection, wishes.slice(0, half))), ...(await this.#commit(connection, wishes.slice(half)))];
    }
    const broken = this.#brokenInterfaces(view);
    const settled = outcomes.map((outcome): Settled<void> => {
      if (outcome.kind === 'refused') return { ok: false, error: outcome.error };
      const failed = outcome.interfaces.find(name => broken.has(name));
      if (failed === undefined) return { ok: true, value: undefined };
      return { ok: false, error: new DriverError('failed', `the switch could not make ${failed}: ${broken.get(failed)}`) };
    });
    await this.#withdraw(
      connection,
      wishes.filter((_, i) => outcomes[i]?.kind === 'planned' && settled[i]?.ok === false),
    );
    return settled;
  }

  #brokenInterfaces(view: SwitchView): ReadonlyMap<string, string> {
    const rows = [...view.interfaces.values()].filter(({ ofport, error }) => error !== undefined || ofport === undefined || ofport === -1);
    return new Map(rows.map(({ name, error }) => [name, error ?? 'it gave no reason; its log may say more']));
  }

  /** What the switch could not make does not stay in its database either. */
  async #withdraw({ client, view, host }: Connection, wishes: readonly Wish[]): Promise<void> {
    const undo = wishes.flatMap((wish): Wish[] => {
      if (wish.kind === 'port') return [{ kind: 'no-port', vifId: wish.port.id }];
      return wish.kind === 'bridge' ? [{ kind: 'no-bridge', bridge: wish.spec.bridge, device: wish.device }] : [];
    });
    const { operations } = planBatch(view, host, undo);
    if (operations.length > 0) await client.transact([...operations, ...bumpConfiguration]);
  }
}

/** Connects when first used, and again whenever the connection was lost. */
export const createOvsNetwork = (options: OvsOptions): NetworkDriver => new OvsNetwork(options);
