// The addresses of the host itself, as a whole: desired state in, the difference done, what came of it out. Static addresses, routes and
// switches of /proc/sys by one run of `ip`; DHCP by clients that outlive this process; name servers.
//
// Which links had addresses by us is kept in a file, so that a later process takes back what an earlier one gave.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../lib/logger.ts';
import { errnoOf, messageOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import { type AddressNews, followAddresses } from './address-news.ts';
import { announce, type Announcement } from './announce.ts';
import { DhcpClients } from './dhcp.ts';
import { runIpBatch } from './ip-batch.ts';
import { type Family, type KernelView, readKernelView, switchPath } from './kernel-view.ts';
import { type AddressPlan, planAddresses, type SwitchWrite } from './plan.ts';
import { neighbourAnswers } from './neighbour.ts';
import { setNameServers } from './resolv-conf.ts';
import { type AddressedLink, gatewayLink, type Leases, type LinkLeases, sharedAddresses, wantedAddresses } from './wanted.ts';

export interface HostAddressesOptions {
  /** For what outlives the process but not the machine's run: leases, pid files. */
  readonly runDir: string;
  /** The file with the host's name servers; left out: not ours to write. */
  readonly resolvConf?: string;
  readonly log: Logger;
}

/** What a link has now. */
export interface LinkAddresses {
  readonly device: string;
  readonly ipv4: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv6: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv4Gateway?: string;
  readonly ipv6Gateway?: string;
  /** Of the state, or of DHCP. */
  readonly dns: readonly string[];
}

interface KnownLink {
  readonly device: string;
  readonly below: readonly string[];
}

const families: readonly Family[] = [4, 6];

export class HostAddresses {
  readonly #options: HostAddressesOptions;
  readonly #clients: DhcpClients;
  readonly #listeners = new Set<() => void>();
  #macs: ReadonlyMap<string, string> = new Map();
  #links: readonly AddressedLink[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #news: AddressNews | undefined;
  #isClosed = false;

  constructor(options: HostAddressesOptions) {
    this.#options = options;
    this.#clients = new DhcpClients(join(options.runDir, 'dhcp'));
  }

  /**
   * Makes the host's addresses what `links` say; resolves when the kernel has them, but for those that DHCP or a router has yet to give:
   * of these `onChange` tells. Answers what failed, by device. Idempotent; one at a time, in order.
   */
  apply(links: readonly AddressedLink[]): Promise<ReadonlyMap<string, DriverError>> {
    return this.#inTurn(() => this.#apply(links));
  }

  async status(): Promise<readonly LinkAddresses[]> {
    const view = await readKernelView(this.#links.flatMap(({ device, below }) => [device, ...below]));
    return Promise.all(this.#links.map(async link => linkAddresses(view, link, await this.#leases(link.device))));
  }

  /** Whether the host's gateway on the link is heard on it; undefined where there is none. */
  async gatewayAnswers(device: string): Promise<boolean | undefined> {
    const view = await readKernelView([device]);
    const found = view.routes.find(route => route.device === device && route.destination === 'default' && route.gateway !== undefined);
    return found?.gateway === undefined ? undefined : neighbourAnswers(device, found.gateway);
  }

  /** Told whenever an address may have changed. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go; addresses and DHCP clients stay. */
  close(): void {
    this.#isClosed = true;
    this.#news?.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined); // told to its own caller
    return result;
  }

  async #apply(links: readonly AddressedLink[]): Promise<ReadonlyMap<string, DriverError>> {
    await this.#follow();
    const known = await this.#known();
    const failures = new Map<string, DriverError>();
    const leases = new Map<string, LinkLeases>();
    for (const link of links) leases.set(link.device, await this.#inherited(link, links, known));
    await this.#remember(links, known);
    await this.#stopClients(links, known);
    this.#links = links;
    const named = new Set([...links, ...known].flatMap(({ device, below }) => [device, ...below]));
    const view = await readKernelView([...named], { withSwitches: true });
    const held = new Set(links.flatMap(({ device, below }) => [device, ...below]));
    const released = [...named].filter(device => !held.has(device));
    for (const { device } of links)
      if (!view.links.has(device)) failures.set(device, new DriverError('not-found', `the host has no link ${device}`));
    const present = links.filter(({ device }) => view.links.has(device));
    const hints = new Map(present.map(link => [link.device, hintOf(view, link, leases.get(link.device))]));
    const renamed = this.#renamed(view, present, leases);
    for (const [device, error] of await this.#carryOut(planAddresses(view, { links: present, released, leases }), renamed))
      failures.set(device, error);
    for (const link of present)
      await this.#startClients(link, present, hints.get(link.device)).catch((error: unknown) =>
        failures.set(link.device, asDriverError(error)),
      );
    await this.#nameServers();
    await this.#forget(links);
    return failures;
  }

  /**
   * Addresses of links that have got another MAC address since the last look: other machines still ask for the old one. The kernel tells
   * them too, but while the switch is at it, which takes the link down meanwhile.
   */
  #renamed(view: KernelView, links: readonly AddressedLink[], leases: Leases): readonly Announcement[] {
    const before = this.#macs;
    this.#macs = new Map(links.map(({ device }) => [device, view.links.get(device)?.mac ?? '']));
    return links
      .filter(({ device }) => before.has(device) && before.get(device) !== this.#macs.get(device))
      .flatMap(link =>
        families.flatMap(family =>
          wantedAddresses(view, link, leases.get(link.device), family).map(({ address, prefixLength }) => ({
            device: link.device,
            address,
            prefixLength,
          })),
        ),
      );
  }

  async #carryOut({ before, lines, after }: AddressPlan, renamed: readonly Announcement[]): Promise<ReadonlyMap<string, DriverError>> {
    const failures = new Map<string, DriverError>();
    await this.#write(before);
    for (const [index, reason] of await runIpBatch(lines.map(({ text }) => text))) {
      const line = lines[index];
      if (line?.isExtra === true) this.#options.log.warn('a route of the host could not be made', { route: line.text, reason });
      if (line === undefined || line.mayFail) continue;
      failures.set(line.device, new DriverError('failed', `ip ${line.text}: ${reason}`));
    }
    const given = lines.filter(({ device, gives }) => gives !== undefined && !failures.has(device));
    const fresh = given.flatMap(({ device, gives }) => (gives ? [{ device, ...gives }] : []));
    const isFresh = ({ device, address }: Announcement): boolean =>
      fresh.some(other => other.device === device && other.address === address);
    await announce([...fresh, ...renamed.filter(each => !isFresh(each))], this.#options.log);
    await this.#write(after);
    return failures;
  }

  async #write(writes: readonly SwitchWrite[]): Promise<void> {
    for (const { path, value } of writes)
      await writeFile(switchPath(path), value).catch((error: unknown) => {
        // The link has gone meanwhile, or this kernel has no IPv6; addresses that need it fail by themselves.
        if (errnoOf(error) !== 'ENOENT')
          throw new DriverError('failed', `${path} cannot be set to ${value}: ${messageOf(error)}`, { cause: error });
      });
  }

  /** Its own leases; before it has one, that of the link whose NICs it takes over: the address moves at once. */
  async #inherited(link: AddressedLink, links: readonly AddressedLink[], known: readonly KnownLink[]): Promise<LinkLeases> {
    const own = await this.#leases(link.device);
    const stays = (device: string): boolean => links.some(other => other.device === device && wantsDhcp(other, 4));
    const before = known.find(other => other.device !== link.device && !stays(other.device) && sharesNic(other, link));
    const v4 = wantsDhcp(link, 4) ? (own.v4 ?? (before && (await this.#clients.lease(before.device, 4)))) : undefined;
    const v6 = wantsDhcp(link, 6) ? (own.v6 ?? (before && (await this.#clients.lease(before.device, 6)))) : undefined;
    return { ...(v4 && { v4 }), ...(v6 && { v6 }) };
  }

  async #leases(device: string): Promise<LinkLeases> {
    const [v4, v6] = await Promise.all(families.map(family => this.#clients.lease(device, family)));
    return { ...(v4 && { v4 }), ...(v6 && { v6 }) };
  }

  async #stopClients(links: readonly AddressedLink[], known: readonly KnownLink[]): Promise<void> {
    for (const { device } of [...known, ...links]) {
      const link = links.find(other => other.device === device);
      for (const family of families) if (link === undefined || !wantsDhcp(link, family)) await this.#clients.stop(device, family);
    }
  }

  async #startClients(link: AddressedLink, links: readonly AddressedLink[], hint: string | undefined): Promise<void> {
    const gateway = link.ip.isManagement || !links.some(other => other.ip.isManagement);
    for (const family of families) {
      if (!wantsDhcp(link, family)) continue;
      const isGateway = family === 4 && gateway;
      await this.#clients.ensure({ device: link.device, family, isGateway, ...(hint !== undefined && family === 4 && { hint }) });
    }
  }

  async #nameServers(): Promise<void> {
    const { resolvConf, log } = this.#options;
    const link = this.#links.find(({ ip }) => ip.isManagement);
    if (resolvConf === undefined || link === undefined) return;
    const servers = nameServersOf(link, await this.#leases(link.device));
    if (servers.length === 0) return;
    await setNameServers(resolvConf, link.device, servers).catch((error: unknown) =>
      log.error('the name servers of the host could not be set', { file: resolvConf, error }),
    );
  }

  /** From the first change on, until it is closed. */
  async #follow(): Promise<void> {
    if (this.#news !== undefined || this.#isClosed) return;
    await this.#clients.prepare();
    this.#news = followAddresses({
      leaseDirectory: this.#clients.directory,
      log: this.#options.log,
      onNews: kind => void this.#heard(kind).catch((error: unknown) => this.#options.log.error('news of an address were lost', { error })),
    });
  }

  async #heard(kind: 'kernel' | 'lease'): Promise<void> {
    // A lease brings a gateway and name servers, which depend on the other links.
    if (kind === 'lease') await this.#inTurn(() => this.#apply(this.#links));
    if (!this.#isClosed) for (const listener of this.#listeners) listener();
  }

  get #knownFile(): string {
    return join(this.#options.runDir, 'host-links.json');
  }

  async #known(): Promise<readonly KnownLink[]> {
    const text = await readFile(this.#knownFile, 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return '[]';
      throw error;
    });
    return JSON.parse(text) as readonly KnownLink[];
  }

  async #remember(links: readonly AddressedLink[], known: readonly KnownLink[]): Promise<void> {
    const all = new Map([...known, ...links].map(({ device, below }) => [device, { device, below }]));
    await this.#writeKnown([...all.values()]);
  }

  async #forget(links: readonly AddressedLink[]): Promise<void> {
    await this.#writeKnown(links.map(({ device, below }) => ({ device, below })));
  }

  async #writeKnown(links: readonly KnownLink[]): Promise<void> {
    const draft = `${this.#knownFile}.new`;
    await mkdir(this.#options.runDir, { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(links), { mode: 0o600 });
    await rename(draft, this.#knownFile);
  }
}

const wantsDhcp = ({ ip }: AddressedLink, family: Family): boolean => (family === 4 ? ip.ipv4.kind : ip.ipv6.kind) === 'dhcp';

const sharesNic = (a: KnownLink, b: KnownLink): boolean => a.below.some(device => b.below.includes(device));

/** The address that a DHCP client asks for again. */
const hintOf = (view: KernelView, link: AddressedLink, leases: LinkLeases | undefined): string | undefined =>
  leases?.v4?.address ?? [link.device, ...link.below].flatMap(device => sharedAddresses(view, device, 4))[0]?.address;

const nameServersOf = ({ ip }: AddressedLink, leases: LinkLeases): readonly string[] =>
  ip.dns.length > 0 ? ip.dns : [...(leases.v4?.dns ?? []), ...(leases.v6?.dns ?? [])];

const linkAddresses = (view: KernelView, link: AddressedLink, leases: LinkLeases): LinkAddresses => {
  const { device } = link;
  const shown = (family: Family): LinkAddresses['ipv4'] =>
    sharedAddresses(view, device, family)
      .filter(({ tentative }) => !tentative)
      .map(({ address, prefixLength }) => ({ address, prefixLength }));
  const gateway = (family: Family): string | undefined =>
    view.routes.find(route => route.family === family && route.device === device && route.destination === 'default')?.gateway ??
    gatewayLink(view, [link], new Map([[device, leases]]), family)?.gateway;
  const [ipv4Gateway, ipv6Gateway] = families.map(gateway);
  return {
    device,
    ipv4: shown(4),
    ipv6: shown(6),
    ...(ipv4Gateway !== undefined && { ipv4Gateway }),
    ...(ipv6Gateway !== undefined && { ipv6Gateway }),
    dns: nameServersOf(link, leases),
  };
};

const asDriverError = (error: unknown): DriverError =>
  error instanceof DriverError ? error : new DriverError('failed', messageOf(error), { cause: error });
