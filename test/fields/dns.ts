/**
 * Clusters of names. The proxy asks a DNS server of the test: a module that it loads first puts that
 * one in the place of the machine's.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultyDns, type Reply, SERVFAIL, a } from '../control/dns_server.ts';
import { eventually, type Fields, type Json } from '../e2e/support.ts';
import { type Case, type Family, of, type See, type World } from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const DNS = 'envoy.extensions.clusters.dns.v3.DnsCluster';

const REPLIES: Readonly<Record<string, Reply>> = {
  'A plain.dns.test': a(3600, '127.0.0.1'),
  'A short.dns.test': a(1, '127.0.0.1'),
  'A two.dns.test': a(3600, '127.0.0.1', '127.0.0.2'),
  'A both.dns.test': a(3600, '127.0.0.1'),
  'AAAA both.dns.test': { records: [{ type: 'AAAA', ttl: 3600, data: '::1' }] },
  'A fails.dns.test': SERVFAIL,
};

/** What another server says of the same name. */
const OTHER: Reply = a(3600, '127.0.0.3');
const CARES = 'envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig';

const preload = (server: string): string => `import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
const { Resolver } = dns;
dns.Resolver = class extends Resolver {
  constructor(options) {
    super(options);
    this.setServers(['${server}']);
  }
};
syncBuiltinESMExports();
`;

const hosts = (name: string, port: number): Fields => ({
  load_assignment: {
    cluster_name: 'c',
    endpoints: [
      { lb_endpoints: [{ endpoint: { address: { socket_address: { address: name, port_value: port } } } }] },
    ],
  },
});
const FAST = '0.02s';
const NEVER = '3600s';
const V4 = { dns_lookup_family: 'V4_ONLY' };

/** The fields in the cluster itself, or in the configuration of the cluster type. */
type Place = (fields: Fields) => Fields;
const inCluster: Place = (fields) => ({ type: 'STRICT_DNS', ...V4, ...fields });
const inType: Place = (fields) => ({
  cluster_type: { name: 'dns', typed_config: { '@type': `type.googleapis.com/${DNS}`, ...V4, ...fields } },
});

/** How often names had been asked for when that of the clock, every 20 ms, had been so 80 times. */
async function snapshot({ admin }: World): Promise<ReadonlyMap<string, number>> {
  const read = async (): Promise<Map<string, number>> =>
    new Map(
      [
        ...(await admin('/stats?filter=update_attempt')).matchAll(
          /^cluster\.(\w+)\.update_attempt: (\d+)$/gm,
        ),
      ].map(([, name, count]) => [name ?? '', Number(count)]),
    );
  return eventually('time to pass', async () => {
    const counts = await read();
    return (counts.get('clock') ?? 0) >= 80 ? counts : undefined;
  });
}
const snapshots = new WeakMap<World, ReturnType<typeof snapshot>>();

const often =
  (times: number): See =>
  async ({ world, name }) => {
    const taken = snapshots.get(world) ?? snapshot(world);
    snapshots.set(world, taken);
    return ((await taken).get(name) ?? 0) >= times;
  };

const addresses: See = async ({ world, name }) =>
  [...(await world.admin('/clusters')).matchAll(new RegExp(`^${name}::(.*):\\d+::cx_active`, 'gm'))].map(
    ([, address]) => address,
  );

function cases(place: Place, message: string, refreshRate: string, port: number): Case[] {
  const one = (
    names: string[],
    [on, off]: readonly [Fields, Fields],
    name: string,
    see: See,
    seen: Json,
    unseen: Json,
  ): Case => ({
    fields: names,
    on: { cluster: { ...hosts(name, port), ...place(on) } },
    off: { cluster: { ...hosts(name, port), ...place(off) } },
    see,
    seen,
    unseen,
  });
  const failing = (max_interval: string): Fields => ({
    dns_failure_refresh_rate: { base_interval: FAST, max_interval },
  });
  const rarely = { dns_refresh_rate: NEVER };
  return [
    one(
      of(message, 'dns_refresh_rate'),
      [{ dns_refresh_rate: FAST }, {}],
      'plain.dns.test',
      often(5),
      true,
      false,
    ),
    one(
      of(message, 'dns_jitter'),
      [{ dns_refresh_rate: FAST, dns_jitter: NEVER }, { dns_refresh_rate: FAST }],
      'plain.dns.test',
      often(5),
      false,
      true,
    ),
    one(
      [...of(message, 'dns_failure_refresh_rate'), ...of(refreshRate, 'base_interval')],
      [failing(FAST), {}],
      'fails.dns.test',
      often(5),
      true,
      false,
    ),
    one(
      of(refreshRate, 'max_interval'),
      [failing('0.03s'), failing(NEVER)],
      'fails.dns.test',
      often(15),
      true,
      false,
    ),
    one(
      of(message, 'respect_dns_ttl'),
      [{ ...rarely, respect_dns_ttl: true }, rarely],
      'short.dns.test',
      often(2),
      true,
      false,
    ),
    one(
      of(message, 'dns_lookup_family'),
      [{ dns_lookup_family: 'V4_ONLY' }, { dns_lookup_family: 'AUTO' }],
      'both.dns.test',
      addresses,
      ['127.0.0.1'],
      ['[::1]'],
    ),
  ];
}

/** What only the cluster type has. */
function own(port: number): Case[] {
  const typed = (name: string, fields: Fields) => ({ cluster: { ...hosts(name, port), ...inType(fields) } });
  const short = { dns_refresh_rate: NEVER, respect_dns_ttl: true };
  return [
    {
      fields: of(DNS, 'dns_min_refresh_rate'),
      on: typed('short.dns.test', { ...short, dns_min_refresh_rate: NEVER }),
      off: typed('short.dns.test', short),
      see: often(2),
      seen: false,
      unseen: true,
    },
    {
      fields: of(DNS, 'all_addresses_in_single_endpoint'),
      on: typed('two.dns.test', { all_addresses_in_single_endpoint: true }),
      off: typed('two.dns.test', {}),
      see: addresses,
      seen: ['127.0.0.1'],
      unseen: ['127.0.0.1', '127.0.0.2'],
    },
  ];
}

/** Clusters that ask other servers than the machine's, whose addresses are `host:port`. */
function resolvers(port: number, files: string): Case[] {
  const [machine, other] = servers.get(files) ?? ['127.0.0.1:1', '127.0.0.1:2'];
  const at = (server: string) => {
    const [address = '', port_value] = server.split(':');
    return { socket_address: { address, port_value: Number(port_value) } };
  };
  const typed = (...fields: Fields[]): Fields => ({
    typed_dns_resolver_config: {
      name: 'cares',
      typed_config: { '@type': `type.googleapis.com/${CARES}`, ...Object.assign({}, ...fields) },
    },
  });
  const site = (place: Place, fields: Fields) => ({
    cluster: { ...hosts('plain.dns.test', port), ...place(fields) },
  });
  const one = (fields: string[], place: Place, on: Fields, off: Fields = {}): Case => ({
    fields,
    on: site(place, on),
    off: site(place, off),
    see: addresses,
    seen: ['127.0.0.3'],
    unseen: ['127.0.0.1'],
  });
  const ask = { resolvers: [at(other)] };
  const fallback = typed(ask, { use_resolvers_as_fallback: true });
  const inTurn = { resolvers: [at(other), at(machine)] };
  const moves: See = async ({ world, name }) => {
    await snapshot(world);
    const text = await world.admin(`/stats?filter=^cluster.${name}.membership_change$`);
    return Number(/: (\d+)/.exec(text)?.[1]) > 2;
  };
  return [
    one([...of(CLUSTER, 'typed_dns_resolver_config'), ...of(CARES, 'resolvers')], inCluster, typed(ask)),
    one(of(DNS, 'typed_dns_resolver_config'), inType, typed(ask)),
    one(of(CLUSTER, 'dns_resolution_config'), inCluster, { dns_resolution_config: ask }),
    one(of(CLUSTER, 'dns_resolvers'), inCluster, { dns_resolvers: [at(other)] }),
    {
      fields: of(CARES, 'use_resolvers_as_fallback'),
      on: site(inCluster, fallback),
      off: site(inCluster, typed(ask)),
      see: addresses,
      seen: ['127.0.0.1'],
      unseen: ['127.0.0.3'],
    },
    {
      fields: of(CARES, 'rotate_nameservers'),
      on: site(inCluster, { ...typed(inTurn, { rotate_nameservers: true }), dns_refresh_rate: FAST }),
      off: site(inCluster, { ...typed(inTurn), dns_refresh_rate: FAST }),
      see: moves,
      seen: true,
      unseen: false,
    },
  ];
}

/** The machine's server of a family's folder, and another one. */
const servers = new Map<string, readonly [string, string]>();

export const dns: Family = {
  name: 'dns',
  node: (files) => ['--import', join(files, 'dns.mjs')],
  prepare: async (files) => {
    const server = await new FaultyDns().start();
    server.reply = (question) => REPLIES[question] ?? {};
    const other = await new FaultyDns().start();
    other.reply = (question) => (question === 'A plain.dns.test' ? OTHER : {});
    servers.set(files, [server.address, other.address]);
    writeFileSync(join(files, 'dns.mjs'), preload(server.address));
    return () => {
      server.stop();
      other.stop();
    };
  },
  clusters: (_, origin) => [
    { name: 'clock', ...hosts('plain.dns.test', origin), ...inCluster({ dns_refresh_rate: FAST }) },
  ],
  cases: (files, origin) => [
    ...cases(inCluster, CLUSTER, `${CLUSTER}.RefreshRate`, origin),
    ...cases(inType, DNS, `${DNS}.RefreshRate`, origin),
    ...own(origin),
    ...resolvers(origin, files),
  ],
};
