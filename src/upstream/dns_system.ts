import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import { type DnsAnswer, DnsFailure, type DnsOptions, type LookupFamily } from './dns.ts';

type Lookup = (
  name: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export type SystemOptions = {
  /** As in DnsOptions. */
  readonly hosts?: DnsOptions['hosts'] | undefined;
  /** How often a lookup that failed for now is made again; undefined: without end. */
  readonly retries?: number | undefined;
  /** Instead of the system's. */
  readonly lookup?: Lookup | undefined;
};

/** getaddrinfo(3) tells no TTL: as Envoy has it, in seconds. */
const TTL = 60;
/** The name does not exist or has no addresses. */
const EMPTY = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);
const FOR_NOW = 'EAI_AGAIN';
const WANTED: Readonly<Record<LookupFamily, 0 | 4 | 6>> = {
  AUTO: 0,
  V4_ONLY: 4,
  V6_ONLY: 6,
  V4_PREFERRED: 0,
  ALL: 0,
};

/** Resolves names as the C library does (envoy.extensions.network.dns_resolver.getaddrinfo.v3). */
export class SystemResolver {
  readonly #hosts: ReadonlyMap<string, readonly string[]>;
  readonly #retries: number;
  readonly #lookup: Lookup;
  #closed = false;

  constructor({ hosts = {}, retries = Number.POSITIVE_INFINITY, lookup: own = lookup }: SystemOptions) {
    this.#hosts = new Map(
      Object.entries(hosts).map(([name, a]) => [name.toLowerCase(), typeof a === 'string' ? [a] : a]),
    );
    this.#retries = retries;
    this.#lookup = own;
  }

  async resolve(name: string, family: LookupFamily): Promise<DnsAnswer> {
    if (isIP(name) !== 0) return { addresses: [name], ttl: undefined };
    const fixed = this.#hosts.get(name.toLowerCase());
    if (fixed !== undefined) return { addresses: select(fixed, family), ttl: undefined };
    for (let attempt = 0; ; attempt++) {
      try {
        const found = await this.#ask(name, WANTED[family]);
        return { addresses: select([...new Set(found)], family), ttl: found.length === 0 ? undefined : TTL };
      } catch (error) {
        const again = (error as DnsFailure).code === FOR_NOW && attempt < this.#retries;
        if (!again || this.#closed) throw error;
      }
    }
  }

  /** Lookups under way end with the next answer. */
  close(): void {
    this.#closed = true;
  }

  #ask(name: string, family: 0 | 4 | 6): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.#lookup(name, { all: true, family, verbatim: true }, (error, addresses) => {
        if (error === null) resolve(addresses.map(({ address }) => address));
        else if (EMPTY.has(error.code ?? '')) resolve([]);
        else reject(new DnsFailure(name, error.code ?? 'UNKNOWN'));
      });
    });
  }
}

function select(addresses: readonly string[], family: LookupFamily): readonly string[] {
  const v4 = addresses.filter((a) => isIP(a) === 4);
  const v6 = addresses.filter((a) => isIP(a) === 6);
  switch (family) {
    case 'V4_ONLY':
      return v4;
    case 'V6_ONLY':
      return v6;
    case 'AUTO':
      return v6.length > 0 ? v6 : v4;
    case 'V4_PREFERRED':
      return v4.length > 0 ? v4 : v6;
    case 'ALL':
      return addresses;
  }
}
