/** What clusters and the bootstrap say of their resolver, and that it does so. */
import type { LookupAddress } from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { processResolver, resolverSettings } from '../../src/config/resolver_settings.ts';
import { Resolvers } from '../../src/upstream/dns_resolvers.ts';
import { a, FaultyDns, NXDOMAIN, type Reply } from './dns_server.ts';

// observes: envoy.config.bootstrap.v3.Bootstrap: typed_dns_resolver_config dns_resolution_config
// observes: envoy.config.core.v3.DnsResolutionConfig: resolvers dns_resolver_options
// observes: envoy.config.core.v3.DnsResolverOptions: no_default_search_domain
// observes: envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig: filter_unroutable_families
// observes: envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig: dns_resolver_options
// observes: envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig: query_timeout_seconds query_tries
// observes: envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig: num_retries

type Json = Record<string, unknown>;
const pool = DescriptorPool.load();
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const PACKAGE = 'type.googleapis.com/envoy.extensions.network.dns_resolver';
const folder = mkdtempSync(join(tmpdir(), 'attache-dns-'));
const conf = join(folder, 'resolv.conf');
writeFileSync(conf, 'search here.test\noptions ndots:1\n');
const server = await new FaultyDns().start();
const port = Number(server.address.split(':')[1]);
t.teardown(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

function read(type: string, json: Json) {
  const diagnostics = new Diagnostics();
  const message = decodeJson(pool, type, json, { diagnostics });
  t.same(diagnostics.list, []);
  if (message === undefined) throw new Error('it cannot be decoded');
  return message;
}
const at = (address: string, port_value = 0): Json => ({ socket_address: { address, port_value } });
const cares = (fields: Json): Json => ({
  typed_dns_resolver_config: {
    name: 'any',
    typed_config: { '@type': `${PACKAGE}.cares.v3.CaresDnsResolverConfig`, ...fields },
  },
});
const system = (fields: Json): Json => ({
  typed_dns_resolver_config: {
    name: 'any',
    typed_config: { '@type': `${PACKAGE}.getaddrinfo.v3.GetAddrInfoDnsResolverConfig`, ...fields },
  },
});
const ours = { resolvers: [at('127.0.0.1', port)] };
const settings = (json: Json) => resolverSettings(read(CLUSTER, { name: 'c', ...json }));
const base = { hostsFile: '/nonexistent', resolvConf: conf };
const make = (json: Json, more: ConstructorParameters<typeof Resolvers>[0] = {}) =>
  new Resolvers({ ...base, ...more }).get(settings(json));
const zone = (reply: (question: string) => Reply): void => {
  server.questions.length = 0;
  server.reply = reply;
};

t.test('which of the fields counts', async (t) => {
  const older = { dns_resolution_config: { resolvers: [at('10.0.0.2', 5353)] } };
  const oldest = { dns_resolvers: [at('10.0.0.3'), at('::1', 54)] };
  t.same(settings({ ...cares({ resolvers: [at('10.0.0.1')] }), ...older, ...oldest }), {
    kind: 'cares',
    options: { servers: ['10.0.0.1:53'] },
  });
  t.same(settings({ ...older, ...oldest }), { kind: 'cares', options: { servers: ['10.0.0.2:5353'] } });
  t.same(settings(oldest), { kind: 'cares', options: { servers: ['10.0.0.3:53', '[::1]:54'] } });
  t.same(settings({ ...cares({}), ...oldest }), { kind: 'cares', options: {} });
  t.equal(settings({}), undefined);
  const without = { dns_resolution_config: { dns_resolver_options: { no_default_search_domain: true } } };
  t.equal(settings(without), undefined, 'without servers it is the one of the process');
  t.same(processResolver(read(BOOTSTRAP, without)), { kind: 'cares', options: { search: false } });
  t.same(processResolver(read(BOOTSTRAP, { ...system({ num_retries: 2 }), ...without })), {
    kind: 'getaddrinfo',
    retries: 2,
  });
  t.equal(processResolver(read(BOOTSTRAP, {})), undefined);
});

t.test('equal settings are one resolver, none are those of the bootstrap', (t) => {
  const resolvers = new Resolvers();
  resolvers.configure(settings(cares({ query_tries: 2 })));
  t.equal(resolvers.get(), resolvers.get(settings(cares({ query_tries: 2 }))));
  t.not(resolvers.get(), resolvers.get(settings(cares({ query_tries: 3 }))));
  t.not(resolvers.get(), resolvers.get(settings(system({}))));
  t.end();
});

t.test('the search list', async (t) => {
  zone((question) => (question === 'A name.here.test' ? a(9, '10.0.0.1') : NXDOMAIN));
  t.same((await make(cares(ours)).resolve('name', 'V4_ONLY')).addresses, ['10.0.0.1']);
  const options = { dns_resolver_options: { no_default_search_domain: true } };
  for (const json of [cares({ ...ours, ...options }), { dns_resolution_config: { ...ours, ...options } }]) {
    zone((question) => (question === 'A name.here.test' ? a(9, '10.0.0.1') : NXDOMAIN));
    t.same((await make(json).resolve('name', 'V4_ONLY')).addresses, []);
    t.same(server.questions, ['A name']);
  }
});

t.test('how often and how long is asked', async (t) => {
  const search = { dns_resolver_options: { no_default_search_domain: true } };
  for (const query_tries of [1, 2]) {
    zone(() => ({ drop: true }));
    const resolver = make(cares({ ...ours, ...search, query_tries, query_timeout_seconds: 1 }));
    await t.rejects(resolver.resolve('a.b', 'V4_ONLY'), { name: 'DnsFailure' });
    t.equal(server.questions.length, query_tries);
  }
  let dropped = 0;
  zone(() => (dropped++ < 2 ? { drop: true } : a(9, '10.0.0.1')));
  const ended: string[] = [];
  const ask = (query_timeout_seconds: number) => {
    const resolver = make(cares({ ...ours, query_timeout_seconds }));
    const answer = resolver.resolve('a.b', 'V4_ONLY').then(
      () => ended.push(`${query_timeout_seconds} s`),
      () => ended.push('given up'),
    );
    return { resolver, answer };
  };
  const patient = ask(600);
  await ask(1).answer;
  t.same(ended, ['1 s'], 'the other one still waits for its first answer');
  patient.resolver.close();
  await patient.answer;
});

t.test('addresses of a family that the machine has none of', async (t) => {
  const only =
    (...addresses: string[]) =>
    () => ({
      lo: [{ internal: true, address: '127.0.0.1' }] as NetworkInterfaceInfo[],
      eth: addresses.map((address) => ({ internal: false, address })) as NetworkInterfaceInfo[],
    });
  zone((question) =>
    question.startsWith('AAAA') ? { records: [{ type: 'AAAA', ttl: 9, data: 'fd00::1' }] } : a(9, '10.0.0.1'),
  );
  const found = async (json: Json, interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>) =>
    (await make(json, { interfaces }).resolve('a.b', 'ALL')).addresses;
  const filtered = cares({ ...ours, filter_unroutable_families: true });
  t.same(await found(cares(ours), only('192.0.2.1')), ['10.0.0.1', 'fd00::1']);
  t.same(await found(filtered, only('192.0.2.1')), ['10.0.0.1']);
  t.same(await found(filtered, only('fd00::7')), ['fd00::1']);
  t.same(await found(filtered, only('fd00::7', '192.0.2.1')), ['10.0.0.1', 'fd00::1']);
  t.same(await found(filtered, only()), []);
});

t.test('the C library', async (t) => {
  type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
  const asked: number[] = [];
  const lookup = (failures: number, code: string, answer: string[] = []) => {
    let left = failures;
    return (_: string, { family }: { family?: unknown }, done: Done) => {
      asked.push(Number(family));
      const error = left-- > 0 ? Object.assign(new Error(code), { code }) : null;
      const addresses = answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      setImmediate(done, error, error === null ? addresses : []);
    };
  };
  const both = ['10.0.0.1', 'fd00::1', '10.0.0.1'];
  const dns = make(system({}), { lookup: lookup(5, 'EAI_AGAIN', both), hosts: { Fixed: '10.0.0.9' } });
  t.same(await dns.resolve('name', 'ALL'), { addresses: ['10.0.0.1', 'fd00::1'], ttl: 60 });
  t.equal(asked.length, 6, 'without a limit as often as it takes');
  t.same((await dns.resolve('name', 'AUTO')).addresses, ['fd00::1']);
  t.same((await dns.resolve('name', 'V4_PREFERRED')).addresses, ['10.0.0.1']);
  t.same((await dns.resolve('fixed', 'ALL')).addresses, ['10.0.0.9']);
  t.same((await dns.resolve('192.0.2.7', 'ALL')).addresses, ['192.0.2.7']);
  asked.length = 0;
  t.same((await dns.resolve('name', 'V4_ONLY')).addresses, ['10.0.0.1']);
  t.same((await dns.resolve('name', 'V6_ONLY')).addresses, ['fd00::1']);
  t.same(asked, [4, 6]);

  asked.length = 0;
  const limited = make(system({ num_retries: 2 }), { lookup: lookup(9, 'EAI_AGAIN', both) });
  await t.rejects(limited.resolve('name', 'ALL'), { name: 'DnsFailure', code: 'EAI_AGAIN' });
  t.equal(asked.length, 3);
  const gone = make(system({}), { lookup: lookup(1, 'ENOTFOUND', both) });
  t.same(await gone.resolve('name', 'ALL'), { addresses: [], ttl: undefined });
  const broken = make(system({}), { lookup: lookup(1, 'EAI_FAIL', both) });
  await t.rejects(
    broken.resolve('name', 'ALL'),
    { code: 'EAI_FAIL' },
    'only what fails for now is tried again',
  );
});
