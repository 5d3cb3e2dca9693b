import { type DnsAnswer, DnsResolver, type DnsOptions, type LookupFamily } from './dns.ts';
import { type SystemOptions, SystemResolver } from './dns_system.ts';

/** What a cluster wants of its resolver, as plain data. Absent: that of the process. */
export type ResolverSettings =
  | {
      readonly kind: 'cares';
      readonly options: Omit<DnsOptions, 'hosts' | 'hostsFile' | 'resolvConf' | 'maxInFlight'>;
    }
  | {
      readonly kind: 'getaddrinfo';
      /** How often a lookup that failed for now is made again; absent: without end. */
      readonly retries?: number;
    };

/** Finds the addresses of names. */
export interface NameResolver {
  /** Never answers twice the same address. Throws DnsFailure when nothing definite was learned. */
  resolve(name: string, family: LookupFamily): Promise<DnsAnswer>;
  /** Ends queries under way. */
  close(): void;
}

/** The resolvers of the process: one for all clusters that want the same. */
export class Resolvers {
  readonly #base: DnsOptions & Pick<SystemOptions, 'lookup'>;
  readonly #known = new Map<string, NameResolver>();
  #default: ResolverSettings | undefined;

  /** `base`: what all of them have in common, as names that are answered without DNS. */
  constructor(base: DnsOptions & Pick<SystemOptions, 'lookup'> = {}) {
    this.#base = base;
  }

  /** What clusters get that say nothing; to be called before the first of them asks. */
  configure(settings: ResolverSettings | undefined): void {
    this.#default = settings;
  }

  get(settings: ResolverSettings | undefined = this.#default): NameResolver {
    const key = JSON.stringify(settings ?? '');
    let resolver = this.#known.get(key);
    if (resolver === undefined) {
      resolver = this.#make(settings);
      this.#known.set(key, resolver);
    }
    return resolver;
  }

  close(): void {
    for (const resolver of this.#known.values()) resolver.close();
  }

  #make(settings: ResolverSettings | undefined): NameResolver {
    const { lookup, ...base } = this.#base;
    if (settings?.kind === 'getaddrinfo')
      return new SystemResolver({ hosts: base.hosts, lookup, retries: settings.retries });
    return new DnsResolver({ ...base, ...settings?.options });
  }
}
