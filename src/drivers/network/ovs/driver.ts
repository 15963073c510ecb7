// Network driver `ovs`: the host's bridges, NICs, bonds, VLANs, tunnels and guests' ports on Open vSwitch, through its database. Wishes
// made at one time become one transaction; a wish is fulfilled when the switch itself has applied it and the interface works.
//
//   wishes ─gather─► taps made ─► draft ─► one transaction ─► cur_cfg ─► interfaces looked at ─► taps nobody needs removed
//   the last desired state ◄─ keeper: compares after changes that were not ours, and applies it again

import { join } from 'node:path';
import type { Logger } from '../../../lib/logger.ts';
import { untilAborted } from '../../../lib/until-aborted.ts';
import { DriverError } from '../../hypervisor.ts';
import type {
  BondStatus,
  BridgeSpec,
  HostAddressStatus,
  HostNetwork,
  LinkNeighbours,
  NetworkDriver,
  NetworkEvent,
  NetworkInfo,
  NicAttachment,
  NicChoice,
  PhysicalInterface,
  VifPort,
} from '../../network.ts';
import { programVersion } from '../../program-version.ts';
import { blamedFor, noNetwork } from '../desired.ts';
import { gather, type Settled } from '../gather.ts';
import { HostAddresses } from '../host/addresses.ts';
import { PluggedPorts } from '../plugged-ports.ts';
import { hostInterfaces } from '../host-interfaces.ts';
import { readKernelView } from '../host/kernel-view.ts';
import { hostNeighbours } from '../host/lldp.ts';
import { Offload } from '../host/offload.ts';
import { withOrigins } from '../host/origins.ts';
import { hostVirtualFunctions } from '../host/virtual-functions.ts';
import { pluggedVifs, type Wish } from './changes.ts';
import { carryOut, type Workshop } from './carry-out.ts';
import { bumpConfiguration, type Failures, nextCfgOf } from './commit.ts';
import { bondsOf } from './bond-status.ts';
import { type Connection, connectSwitch, rundirOf, takesNic } from './connection.ts';
import { guardDevice, guardedPorts } from './guard/layout.ts';
import { RuleKeeper } from './guard/rule-keeper.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { afterLacpEnds, lacpPorts } from './lacp-end.ts';
import { tagOf } from './names.ts';
import { OvsdbError } from './ovsdb-client.ts';
import { addressStatus, carriersOf } from './own-addresses.ts';
import { OwnLinks } from './own-links.ts';
import { tapName, tapVifs } from './tap.ts';
import { isListening } from './unixctl.ts';

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
  /** The file with the host's name servers, where they are hostd's to say. */
  readonly resolvConf?: string;
}

/** What is asked of one round. The state is the newest that the driver was given. */
type Request = Exclude<Wish, { kind: 'state' }> | { readonly kind: 'state' };

/** Long enough for a switch that has just started; a dead one must not hold up hostd's start. */
const probeTimeoutMs = 5_000;
const uuidPattern = /^[0-9a-f-]{36}$/;

/** Only the distribution's start script notes the version in the database. */
const switchVersion = async (stateDir: string): Promise<string> =>
  /(\d+\.\d+\.\d+)/.exec(await programVersion('ovs-vswitchd', join(stateDir, 'run', 'ovs-version')))?.[1] ?? '';

class OvsNetwork implements NetworkDriver {
  readonly #options: OvsOptions;
  readonly #tag: string;
  readonly #change: (request: Request) => Promise<Failures>;
  readonly #keeper: Keeper;
  /** Absent where no NIC is ours to use: then the host's addresses are not either. */
  readonly #addresses: HostAddresses | undefined;
  readonly #ownLinks: OwnLinks | undefined;
  readonly #rules: RuleKeeper;
  readonly #offload: Offload;
  readonly #plugged = new PluggedPorts();
  readonly #onDemand = new Map<string, BridgeSpec>();
  #desired: HostNetwork = noNetwork;
  #spared: ReadonlySet<string> = new Set();
  #isBusy = false;
  #connection: Promise<Connection> | undefined;
  #version: Promise<string> | undefined;
  readonly virtualFunctions = hostVirtualFunctions();
  neighbours = (): Promise<LinkNeighbours> => hostNeighbours();

  constructor(options: OvsOptions) {
    this.#options = options;
    this.#tag = tagOf(options.stateDir);
    this.#change = gather(requests => this.#fulfil(requests));
    const { log, resolvConf } = options;
    if (this.#ownsNics) {
      this.#addresses = new HostAddresses({ runDir: join(options.stateDir, 'run', 'network'), log, ...(resolvConf && { resolvConf }) });
      this.#ownLinks = new OwnLinks(this.#addresses, log);
    }
    const guardSocket = join(rundirOf(options.rundir), `${guardDevice(this.#tag)}.mgmt`);
    this.#offload = new Offload(log);
    this.#rules = new RuleKeeper({ socketPath: guardSocket, log: options.log });
    this.#keeper = createKeeper({
      log: options.log,
      rundir: rundirOf(options.rundir),
      desired: () => this.#desired,
      options: () => ({ onDemand: this.#onDemand, spared: this.#spared }),
      isBusy: () => this.#isBusy,
      lostPorts: connection => this.#lostPorts(connection),
      connect: () => this.#connected(),
      apply: () => {
        this.#ownLinks?.forget();
        return this.#change({ kind: 'state' });
      },
    });
  }

  async probe(): Promise<NetworkInfo> {
    const { view, client } = await this.#connected();
    // A switch that runs is not waited for: with hundreds of ports its start takes a second, in which others get ready.
    if (!(await isListening(rundirOf(this.#options.rundir))))
      await view.untilApplied(client, nextCfgOf(await client.transact(bumpConfiguration)), new Set(), probeTimeoutMs);
    const noted = view.switch?.version ?? '';
    if (noted !== '') return { kind: 'ovs', ownsNics: this.#ownsNics, version: noted };
    this.#version ??= switchVersion(this.#options.stateDir);
    return { kind: 'ovs', ownsNics: this.#ownsNics, version: await this.#version };
  }

  async interfaces(): Promise<readonly PhysicalInterface[]> {
    const { nics = 'none' } = this.#options;
    if (!this.#ownsNics) return hostInterfaces();
    const { view } = await this.#connected();
    const takes = (device: string): boolean => nics !== 'all' && takesNic(nics)(device);
    const carriers = carriersOf(view, this.#tag);
    const internal = [...view.interfaces.values()].filter(({ columns }) => columns['type'] === 'internal');
    const ofSwitch = new Set(internal.map(({ name }) => name));
    const found = await hostInterfaces({ takes, carriers, ofSwitch });
    return withOrigins(found, await readKernelView(found.map(({ device }) => carriers.get(device) ?? device)), carriers);
  }

  async apply(desired: HostNetwork, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Failures> {
    signal?.throwIfAborted();
    this.#desired = this.#plugged.apply(desired);
    for (const { bridge } of desired.networks) this.#onDemand.delete(bridge);
    return untilAborted(this.#change({ kind: 'state' }), signal);
  }

  async bonds(): Promise<readonly BondStatus[]> {
    return bondsOf(this.#desired, () => this.#connected(), rundirOf(this.#options.rundir));
  }

  async addresses(): Promise<readonly HostAddressStatus[]> {
    if (this.#addresses === undefined) return [];
    const { host } = await this.#connected();
    return addressStatus(await this.#addresses.status(), this.#desired, host);
  }

  async gatewayAnswers(bridge: string): Promise<boolean | undefined> {
    const { host } = await this.#connected();
    return this.#addresses?.gatewayAnswers(host.names.bridge(bridge));
  }

  onEvent = (listener: (event: NetworkEvent) => void): (() => void) => {
    const stops = [this.#keeper.onEvent(listener), this.#addresses?.onChange(() => listener({ kind: 'addresses' }))];
    return () => {
      for (const stop of stops) stop?.();
    };
  };

  async ensureBridge(spec: BridgeSpec): Promise<void> {
    if (this.#desired.networks.some(({ bridge }) => bridge === spec.bridge)) return;
    this.#onDemand.set(spec.bridge, spec);
    try {
      await this.#change({ kind: 'bridge', spec });
    } catch (error) {
      this.#onDemand.delete(spec.bridge);
      throw error;
    }
  }

  async removeBridge(bridge: string): Promise<void> {
    await this.#change({ kind: 'no-bridge', bridge });
    this.#onDemand.delete(bridge);
    const networks = this.#desired.networks.filter(network => network.bridge !== bridge);
    this.#desired = { ...this.#desired, networks };
  }

  async plug(port: VifPort): Promise<NicAttachment> {
    if (!uuidPattern.test(port.id)) throw new DriverError('bad-config', `"${port.id}" is not the uuid of a VIF`);
    const ifname = tapName(this.#tag, port.id);
    this.#desired = this.#plugged.plug(this.#desired, port);
    await this.#change({ kind: 'port', port, ifname });
    const { host } = await this.#connected();
    return { kind: 'tap', ifname, wholeChecksums: host.datapathType === 'netdev' };
  }

  async unplug(vifId: string): Promise<void> {
    this.#desired = this.#plugged.unplug(this.#desired, vifId);
    await this.#change({ kind: 'no-port', vifId });
  }

  async ports(): Promise<readonly string[]> {
    const { view } = await this.#connected();
    return [...new Set([...pluggedVifs(view, this.#tag), ...(await tapVifs(this.#tag))])];
  }

  async close(): Promise<void> {
    this.#ownLinks?.close();
    this.#keeper.close();
    this.#addresses?.close();
    this.#rules.close();
    const connection = await this.#connection?.catch(() => undefined); // it never stood
    connection?.client.close();
  }

  #connected(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const { rundir, datapath = 'auto', privateNames = false, nics = 'none' } = this.#options;
    const connecting = connectSwitch({ tag: this.#tag, rundir, datapath, privateNames, nics, rules: this.#rules });
    this.#connection = connecting;
    // A failed attempt, or a connection that ended, is not kept: the next call tries anew.
    const forget = (): void => {
      if (this.#connection === connecting) this.#connection = undefined;
    };
    connecting.then(connection => {
      this.#keeper.follow(connection);
      this.#keepRules(connection);
      void connection.client.closed.then(() => {
        forget();
        this.#keeper.lost();
      });
    }, forget);
    return connecting;
  }

  async #fulfil(requests: readonly Request[]): Promise<readonly Settled<Failures>[]> {
    this.#isBusy = true;
    try {
      return await this.#round(requests);
    } finally {
      this.#isBusy = false;
    }
  }

  async #round(requests: readonly Request[]): Promise<readonly Settled<Failures>[]> {
    const connection = await this.#connected();
    const asked = requests.filter(request => request.kind !== 'state');
    if (asked.length === requests.length) return carryOut(this.#workshop(connection), asked);
    const state = { kind: 'state', desired: this.#desired, options: { onDemand: this.#onDemand } } as const;
    const lost = await this.#lostPorts(connection);
    const returning = lost.map((port): Wish => ({ kind: 'port', port, ifname: tapName(this.#tag, port.id) }));
    const { desired } = state;
    const startedAt = performance.now();
    const speaking = lacpPorts(connection.view);
    const [switched, ...others] = await carryOut(this.#workshop(connection), [state, ...returning, ...asked]);
    await afterLacpEnds(connection.view, speaking, this.#options.log);
    const switchedAt = performance.now();
    if (switched?.ok) this.#spared = refusedBridges(desired, switched.value);
    const answer = switched && (this.#ownLinks === undefined ? switched : await this.#ownLinks.move(connection.host, desired, switched));
    if (switched?.ok) await this.#offload.apply(desired, device => connection.host.takes(device));
    const [switchMs, addressesMs] = [Math.round(switchedAt - startedAt), Math.round(performance.now() - switchedAt)];
    this.#options.log.debug('a state was brought to the switch', { networks: desired.networks.length, switchMs, addressesMs });
    const settled = new Map(asked.map((wish, i): [Request, Settled<Failures> | undefined] => [wish, others[returning.length + i]]));
    const unanswered: Settled<Failures> = { ok: true, value: new Map() };
    return requests.map(request => (request.kind === 'state' ? answer : settled.get(request)) ?? unanswered);
  }

  #workshop(connection: Connection): Workshop {
    return { connection, tag: this.#tag, rules: this.#rules };
  }

  get #ownsNics(): boolean {
    return (this.#options.nics ?? 'none') !== 'none';
  }

  /** Ports of guests that the switch does not have, though their devices are there. */
  async #lostPorts({ view, host }: Connection): Promise<readonly VifPort[]> {
    const there = new Set(pluggedVifs(view, host.tag));
    const missing = this.#desired.ports.filter(({ id }) => !there.has(id));
    if (missing.length === 0) return [];
    const taps = new Set(await tapVifs(this.#tag));
    return missing.filter(({ id }) => taps.has(id));
  }

  /** What the switch's database says is locked is kept so, whoever wrote it there: this process, or one before it. */
  #keepRules({ view }: Connection): void {
    const keep = (): void => {
      this.#rules.want(guardedPorts(view, this.#tag)).catch((error: unknown) => {
        this.#options.log.warn('a change of locked VIFs is not in force yet', { error });
      });
    };
    view.watch(keep);
    keep();
  }
}

/** Networks that the database itself refuses: to ask again changes nothing. */
const refusedBridges = ({ networks }: HostNetwork, failures: Failures): ReadonlySet<string> =>
  new Set(networks.flatMap(network => (failures.get(blamedFor(network))?.cause instanceof OvsdbError ? [network.bridge] : [])));

/** Connects when first used, and again whenever the connection was lost. */
export const createOvsNetwork = (options: OvsOptions): NetworkDriver => new OvsNetwork(options);
