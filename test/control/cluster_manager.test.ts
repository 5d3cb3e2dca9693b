import t from 'tap';
import { warmAtOnce } from '../config/no_servers.ts';
import type { ClusterPayload, EndpointsPayload, PathSource } from '../../src/config/payload.ts';
import { type Resource, ResourceTable, TYPE } from '../../src/config/resource_map.ts';
import type { Logger } from '../../src/log/logger.ts';
import { ClusterManager } from '../../src/upstream/cluster_manager.ts';
import type { DnsAnswer } from '../../src/upstream/dns.ts';
import type { NameResolver } from '../../src/upstream/dns_resolvers.ts';
import { type Assignment, hostViews, packHosts } from '../../src/upstream/endpoints.ts';

type C = { hosts: string[] };
const log = new Proxy({}, { get: () => () => undefined }) as Logger;
const socket = (address: string, port_value = 80) => ({
  endpoint: { address: { socket_address: { address, port_value } } },
});
const assignment = (...hosts: ReturnType<typeof socket>[]): Assignment => ({
  cluster_name: 'c',
  endpoints: [{ lb_endpoints: hosts }],
});
const source: PathSource = { path: '/eds', initialFetchTimeoutMs: 15_000 };
const policy = { refreshMs: 1, respectTtl: false, minRefreshMs: 0, jitterMs: 0 };

/** A resolver whose answers the test gives one by one. */
class ScriptedDns {
  waiting: { name: string; resolve: (a: DnsAnswer) => void; reject: (e: Error) => void }[] = [];
  resolve(name: string): Promise<DnsAnswer> {
    return new Promise((resolve, reject) => this.waiting.push({ name, resolve, reject }));
  }
  async asked(name: string): Promise<void> {
    for (let i = 0; i < 1000 && !this.waiting.some((w) => w.name === name); i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  /** Waits for a lookup of the name, then answers it; undefined: a failure. */
  async answer(name: string, addresses: string[] | undefined): Promise<void> {
    for (let i = 0; i < 1000; i++) {
      const index = this.waiting.findIndex((w) => w.name === name);
      const [found] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (found !== undefined) {
        if (addresses === undefined) found.reject(new Error('SERVFAIL'));
        else found.resolve({ addresses, ttl: 1 });
        await new Promise((resolve) => setImmediate(resolve));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`nobody asks for ${name}`);
  }
}

function make() {
  const published: string[] = [];
  const dns = new ScriptedDns();
  const eds: {
    name: string;
    give: (e: EndpointsPayload<C>) => void;
    timeout: () => void;
    stopped: boolean;
  }[] = [];
  const manager = new ClusterManager<C>({
    resolvers: { get: () => dns as unknown as NameResolver },
    tls: { acquire: () => undefined, release: () => undefined, warm: warmAtOnce },
    endpoints: {
      subscribe(_source, name, onEndpoints, onTimeout) {
        const entry = {
          name,
          give: (e: EndpointsPayload<C>) => onEndpoints(e, 'v'),
          timeout: onTimeout,
          stopped: false,
        };
        eds.push(entry);
        return () => {
          entry.stopped = true;
        };
      },
    },
    publisher: {
      putCluster: (name, _stat, _c, e) => published.push(`cluster ${name} ${e.hosts.join()}`),
      putEndpoints: (name, e) => published.push(`endpoints ${name} ${e.hosts.join()}`),
      dropCluster: (name) => published.push(`drop ${name}`),
      flush: () => undefined,
    },
    compileEndpoints: (_name, a) => ({ hosts: hostViews(a).map((h) => h.address) }),
    log,
  });
  const table = new ResourceTable<ClusterPayload<C>>(TYPE.cluster, manager);
  const put = (
    hash: string,
    discovery: ClusterPayload<C>['discovery'],
    endpoints?: EndpointsPayload<C>,
    waitForWarm = true,
  ) => {
    const payload = { compiled: { hosts: [] }, discovery, endpoints, statName: 'c', waitForWarm };
    const resource: Resource<ClusterPayload<C>> = { name: 'c', hash, bytes: new Uint8Array(), payload };
    return table.apply('dynamic', { added: [resource], removed: [] }, hash);
  };
  return { published, dns, eds, manager, table, put, take: () => published.splice(0) };
}
const views = (...hosts: string[]): EndpointsPayload<C> => ({
  compiled: { hosts },
  hosts: packHosts(hostViews(assignment(...hosts.map((h) => socket(h))))),
});

t.test('static: at once, with its hosts', (t) => {
  const { put, take, manager, table } = make();
  put('1', { kind: 'static' }, views('10.0.0.1'));
  t.same(take(), ['cluster c 10.0.0.1']);
  t.same(manager.active().get('c')?.membership, { total: 1, healthy: 1, degraded: 0, excluded: 0 });
  table.apply('dynamic', { added: [], removed: ['c'] }, '2');
  t.same(take(), ['drop c']);
  t.same(manager.counters, { cluster_added: 1, cluster_modified: 0, cluster_removed: 1 });
  t.end();
});

t.test(
  'STRICT_DNS: warm when every name was answered or failed once; then published as sets change',
  async (t) => {
    const { put, take, dns, manager, table } = make();
    t.teardown(() => manager.close());
    put('1', {
      kind: 'dns',
      logical: false,
      family: 'AUTO',
      policy,
      assignment: assignment(socket('a'), socket('b', 81), socket('10.9.9.9')),
    });
    await dns.answer('a', ['10.0.0.2', '10.0.0.1']);
    t.same(take(), []);
    t.ok(table.get('c')?.warming);
    await dns.answer('b', undefined);
    t.same(take(), ['cluster c 10.0.0.2:80,10.0.0.1:80,10.9.9.9:80'], 'a name that failed has no hosts yet');
    await dns.answer('b', ['10.0.0.1', '10.0.0.1']);
    t.same(take(), ['endpoints c 10.0.0.2:80,10.0.0.1:80,10.0.0.1:81,10.9.9.9:80']);
    await dns.answer('a', ['10.0.0.1', '10.0.0.2']);
    t.same(take(), [], 'the same set in another order is not published');
    await dns.answer('a', undefined);
    t.same(take(), [], 'a failing resolver keeps the last good hosts');
    await dns.answer('a', []);
    t.same(take(), ['endpoints c 10.0.0.1:81,10.9.9.9:80'], 'a name without addresses has no hosts');
    const runtime = manager.active().get('c');
    t.match(runtime?.counts, {
      update_success: 4,
      update_failure: 2,
      update_empty: 1,
      update_no_rebuild: 2,
      membership_change: 3,
    });
    t.equal(runtime?.hosts[0]?.hostname, 'b');
  },
);

t.test('LOGICAL_DNS: the first address only, kept through empty answers', async (t) => {
  const { put, take, dns, manager } = make();
  t.teardown(() => manager.close());
  put('1', { kind: 'dns', logical: true, family: 'AUTO', policy, assignment: assignment(socket('a')) });
  await dns.answer('a', ['10.0.0.2', '10.0.0.1']);
  t.same(take(), ['cluster c 10.0.0.2:80']);
  await dns.answer('a', []);
  t.same(take(), []);
  await dns.answer('a', ['10.0.0.3']);
  t.same(take(), ['endpoints c 10.0.0.3:80']);
});

t.test(
  'a replaced cluster serves with its old hosts until the new one is warm, then is silent',
  async (t) => {
    const { put, take, dns, manager } = make();
    t.teardown(() => manager.close());
    put('1', { kind: 'dns', logical: false, family: 'AUTO', policy, assignment: assignment(socket('old')) });
    await dns.answer('old', ['10.0.0.1']);
    put('2', { kind: 'dns', logical: false, family: 'AUTO', policy, assignment: assignment(socket('new')) });
    await dns.answer('old', ['10.0.0.2']);
    t.same(
      take(),
      ['cluster c 10.0.0.1:80', 'endpoints c 10.0.0.2:80'],
      'the old one is kept up to date meanwhile',
    );
    await dns.asked('old');
    await dns.answer('new', ['10.0.0.7']);
    t.same(take(), ['cluster c 10.0.0.7:80']);
    await dns.answer('old', ['10.0.0.3']);
    t.same(take(), []);
    t.same(manager.counters, { cluster_added: 1, cluster_modified: 1, cluster_removed: 0 });
  },
);

t.test('numbers in a DNS cluster, and clusters that do not wait', async (t) => {
  const { put, take, dns, manager } = make();
  t.teardown(() => manager.close());
  put('1', { kind: 'dns', logical: false, family: 'AUTO', policy, assignment: assignment(socket('::1')) });
  t.same(take(), ['cluster c [::1]:80']);
  put(
    '2',
    { kind: 'dns', logical: false, family: 'AUTO', policy, assignment: assignment(socket('a')) },
    undefined,
    false,
  );
  t.same(take(), ['cluster c '], 'wait_for_warm_on_init: false');
  await dns.answer('a', ['10.0.0.1']);
  t.same(take(), ['endpoints c 10.0.0.1:80']);
});

t.test('EDS: warm with the first set or after the fetch time', (t) => {
  const { put, take, eds, table, manager } = make();
  put('1', { kind: 'eds', serviceName: 'svc', source });
  t.equal(eds[0]?.name, 'svc');
  t.same(take(), []);
  eds[0]?.give(views('10.0.0.1'));
  t.same(take(), ['cluster c 10.0.0.1']);
  eds[0]?.give(views('10.0.0.2'));
  t.same(take(), ['endpoints c 10.0.0.2']);
  t.equal(manager.active().get('c')?.counts.membership_change, 2);
  put('2', { kind: 'eds', serviceName: 'other', source });
  t.equal(eds[0]?.stopped, false);
  eds[1]?.timeout();
  t.same(take(), ['cluster c '], 'without hosts rather than never');
  t.equal(eds[0]?.stopped, true);
  table.apply('dynamic', { added: [], removed: ['c'] }, '3');
  t.equal(eds[1]?.stopped, true);
  t.end();
});
