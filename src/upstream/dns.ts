import { Resolver } from 'node:dns';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  candidates,
  type HostTable,
  parseHosts,
  parseResolvConf,
  type ResolvConf,
  WatchedFile,
} from './dns_hosts.ts';

/** envoy.config.cluster.v3.Cluster.DnsLookupFamily */
export type LookupFamily = 'AUTO' | 'V4_ONLY' | 'V6_ONLY' | 'V4_PREFERRED' | 'ALL';

/** What a name resolved to. No addresses: the name does not exist or has none. */
export type DnsAnswer = {
  readonly addresses: readonly string[];
  /** Seconds, the least over the addresses and the CNAMEs before them; undefined when it is not from DNS. */
  readonly ttl: number | undefined;
};

/** The resolver did not answer, or not usefully; the hosts known before should be kept. */
export class DnsFailure extends Error {
  readonly code: string;
  constructor(name: string, code: string) {
    super(`${name}: ${code}`);
    this.name = 'DnsFailure';
    this.code = code;
  }
}

export type DnsOptions = {
  /** `address` or `address:port`; by default those of /etc/resolv.conf. */
  readonly servers?: readonly string[];
  /** Answers by name that go before everything else. */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>>;
  readonly hostsFile?: string;
  readonly resolvConf?: string;
  /** `servers` count only when the system has none. */
  readonly asFallback?: boolean;
  /** Each query begins with the next server. */
  readonly rotate?: boolean;
  /** Leaves addresses of a family out that no interface of the machine but the loopback has. */
  readonly routableOnly?: boolean;
  /** Instead of those of the machine. */
  readonly interfaces?: typeof networkInterfaces;
  /** Whether the search list of resolv.conf applies; yes by default. */
  readonly search?: boolean;
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** Queries on the wire at once; the rest wait. Servers drop packets of larger bursts. */
  readonly maxInFlight?: number;
};

type Records = readonly { readonly address: string; readonly ttl: number }[];
/** c-ares's codes for a definite "no such name" and "no such records". */
const EMPTY = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Resolves names as Envoy's c-ares resolver does: overrides, the hosts file, then DNS with the search
 * list. One query at a time per name and record type, a bounded number on the wire.
 */
export class DnsResolver {
  readonly #options: DnsOptions;
  readonly #overrides: HostTable;
  readonly #hosts: WatchedFile<HostTable>;
  readonly #conf: WatchedFile<ResolvConf>;
  readonly #flights = new Map<string, Promise<Records>>();
  readonly #waiting: (() => void)[] = [];
  readonly #limit: number;
  #inFlight = 0;
  /** One; several, which differ in their first server, to rotate among. */
  #resolvers: Resolver[] = [];
  #next = 0;
  #resolverStamp = '';
  #closed = false;

  constructor(options: DnsOptions = {}) {
    this.#options = options;
    this.#limit = options.maxInFlight ?? 64;
    this.#overrides = new Map(
      Object.entries(options.hosts ?? {}).map(([name, a]) => [
        name.toLowerCase(),
        typeof a === 'string' ? [a] : a,
      ]),
    );
    this.#hosts = new WatchedFile(options.hostsFile ?? '/etc/hosts', parseHosts);
    this.#conf = new WatchedFile(options.resolvConf ?? '/etc/resolv.conf', parseResolvConf);
  }

  /** Never answers twice the same address. Throws DnsFailure when nothing definite was learned. */
  async resolve(name: string, family: LookupFamily): Promise<DnsAnswer> {
    if (isIP(name) !== 0) return { addresses: [name], ttl: undefined };
    const key = name.toLowerCase();
    const local = this.#local(key.replace(/\.$/, ''), family);
    if (local !== undefined) return { addresses: local, ttl: undefined };
    const found = await this.#ask(key, family);
    const { routableOnly, interfaces = networkInterfaces } = this.#options;
    if (routableOnly !== true) return found;
    return { ...found, addresses: found.addresses.filter(isRoutable(interfaces())) };
  }

  /** As the family says; of DNS. */
  async #ask(key: string, family: LookupFamily): Promise<DnsAnswer> {
    switch (family) {
      case 'V4_ONLY':
        return answer(await this.#search(key, 4));
      case 'V6_ONLY':
        return answer(await this.#search(key, 6));
      case 'AUTO':
        return this.#either(key, 6, 4);
      case 'V4_PREFERRED':
        return this.#either(key, 4, 6);
      case 'ALL':
        return this.#both(key);
    }
  }

  /** Ends queries under way; they fail with ECANCELLED. */
  close(): void {
    this.#closed = true;
    for (const resolver of this.#resolvers) resolver.cancel();
    for (const start of this.#waiting.splice(0)) start();
  }

  /** Overrides and the hosts file; the latter's localhost is there even when the file is not (RFC 6761, 6.3). */
  #local(name: string, family: LookupFamily): readonly string[] | undefined {
    const loopback = name === 'localhost' || name.endsWith('.localhost') ? ['::1', '127.0.0.1'] : undefined;
    const found = this.#overrides.get(name) ?? this.#hosts.get().get(name) ?? loopback;
    if (found === undefined) return undefined;
    const v4 = found.filter((a) => isIP(a) === 4);
    const v6 = found.filter((a) => isIP(a) === 6);
    // A name that the file knows in the other family only is asked of DNS.
    const chosen = {
      V4_ONLY: v4,
      V6_ONLY: v6,
      AUTO: v6.length > 0 ? v6 : v4,
      V4_PREFERRED: v4.length > 0 ? v4 : v6,
      ALL: found,
    }[family];
    return chosen.length > 0 ? chosen : undefined;
  }

  async #either(name: string, first: 4 | 6, second: 4 | 6): Promise<DnsAnswer> {
    let failure: unknown;
    try {
      const records = await this.#search(name, first);
      if (records.length > 0) return answer(records);
    } catch (error) {
      failure = error;
    }
    const records = await this.#search(name, second);
    // "None" of one family proves nothing while the other was not answered.
    if (records.length === 0 && failure !== undefined) throw failure;
    return answer(records);
  }

  async #both(name: string): Promise<DnsAnswer> {
    const [v4, v6] = await Promise.allSettled([this.#search(name, 4), this.#search(name, 6)]);
    const records = [v4, v6].flatMap((r) => (r.status === 'fulfilled' ? r.value : []));
    if (records.length === 0) {
      for (const result of [v4, v6]) if (result.status === 'rejected') throw result.reason;
    }
    return answer(records);
  }

  /** Goes through the search list; a failure on the way is only fatal when no later name answers. */
  async #search(name: string, family: 4 | 6): Promise<Records> {
    const conf = this.#options.search === false ? { search: [], ndots: 1 } : this.#conf.get();
    let failure: unknown;
    for (const candidate of candidates(name, conf)) {
      try {
        const records = await this.#flight(candidate, family);
        if (records.length > 0) return records;
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return [];
  }

  #flight(name: string, family: 4 | 6): Promise<Records> {
    const key = `${family} ${name}`;
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      flight = this.#slot(name, family).finally(() => this.#flights.delete(key));
      this.#flights.set(key, flight);
    }
    return flight;
  }

  async #slot(name: string, family: 4 | 6): Promise<Records> {
    if (this.#inFlight >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#closed) throw new DnsFailure(name, 'ECANCELLED');
    this.#inFlight++;
    try {
      return await this.#query(name, family);
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  #query(name: string, family: 4 | 6): Promise<Records> {
    const resolver = this.#current();
    return new Promise((resolve, reject) => {
      const done = (error: NodeJS.ErrnoException | null, records: Records): void => {
        if (error === null) resolve(records);
        else if (EMPTY.has(error.code ?? '')) resolve([]);
        else reject(new DnsFailure(name, error.code ?? 'UNKNOWN'));
      };
      if (family === 4) resolver.resolve4(name, { ttl: true }, done);
      else resolver.resolve6(name, { ttl: true }, done);
    });
  }

  /** c-ares reads the servers once; a changed resolv.conf (a moved laptop, a VPN) needs a new channel. */
  #current(): Resolver {
    this.#conf.get();
    const own = this.#options.servers !== undefined && this.#options.asFallback !== true;
    if (this.#resolvers.length === 0 || (!own && this.#conf.stamp !== this.#resolverStamp)) {
      this.#resolvers = this.#channels();
      this.#resolverStamp = this.#conf.stamp;
    }
    return this.#resolvers[this.#next++ % this.#resolvers.length] as Resolver;
  }

  #channels(): Resolver[] {
    const { timeoutMs = 5000, tries = 4, servers, asFallback, rotate } = this.#options;
    const make = (): Resolver => new Resolver({ timeout: timeoutMs, tries });
    const first = make();
    if (servers !== undefined && (asFallback !== true || hasNoServers(first))) first.setServers(servers);
    if (rotate !== true) return [first];
    const all = first.getServers();
    const others = all.slice(1).map((_, i) => {
      const other = make();
      other.setServers([...all.slice(i + 1), ...all.slice(0, i + 1)]);
      return other;
    });
    return [first, ...others];
  }
}

/** What c-ares says when the system names no server. */
function hasNoServers(resolver: Resolver): boolean {
  const servers = resolver.getServers();
  return servers.length === 0 || (servers.length === 1 && servers[0] === '127.0.0.1');
}

/** Whether an interface of the machine has addresses of the family, the loopback not counted. */
function isRoutable(interfaces: ReturnType<typeof networkInterfaces>): (address: string) => boolean {
  const families = new Set<number>();
  for (const addresses of Object.values(interfaces)) {
    for (const { internal, address } of addresses ?? []) if (!internal) families.add(isIP(address));
  }
  return (address) => families.has(isIP(address));
}

function answer(records: Records): DnsAnswer {
  const addresses = [...new Set(records.map((r) => r.address))];
  return { addresses, ttl: records.length === 0 ? undefined : Math.min(...records.map((r) => r.ttl)) };
}
