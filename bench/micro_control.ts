/** What reading a small configuration and compiling clusters and route tables cost, once everything is loaded. */
import Benchmark from 'benchmark';
import { loadBootstrap } from '../src/config/load.ts';
import { Diagnostics } from '../src/api/diagnostics.ts';
import type { Message } from '../src/api/message.ts';
import { TlsContexts } from '../src/tls/contexts.ts';
import { compileCluster } from '../src/tables/cluster_compiler.ts';
import { compileRouteConfig } from '../src/tables/route_compiler.ts';
import { plainFormat } from '../src/tables/route_headers.ts';

const options = {
  unknownStatic: 'reject',
  unknownDynamic: 'warn',
  skipDeprecated: true,
  serviceCluster: '',
  serviceNode: '',
  serviceZone: '',
} as const;
const cluster = { $type: 'envoy.config.cluster.v3.Cluster', name: 'one' };

const diagnostics = new Diagnostics();
const tls = new TlsContexts(diagnostics, () => new Uint8Array());
const context = { diagnostics, tls, env: {}, path: [] };

/** So many routes in one virtual host: prefixes, exact paths and regexes in turn. */
function table(count: number): Message {
  const match = (i: number): Record<string, unknown> => {
    if (i % 3 === 0) return { prefix: `/api/v1/service-${i}/` };
    if (i % 3 === 1) return { path: `/static/page-${i}/index.html` };
    return { safe_regex: { $type: 'regex', regex: `/users/${i}/[^/]+/orders/[0-9]+` } };
  };
  const routes = Array.from({ length: count }, (_, i) => ({
    $type: 'route',
    match: { $type: 'match', ...match(i) },
    route: { $type: 'action', cluster: 'one' },
  }));
  return {
    $type: 'envoy.config.route.v3.RouteConfiguration',
    name: 'table',
    virtual_hosts: [{ $type: 'host', name: 'all', domains: ['*'], routes }],
  };
}
const tables = [1, 100, 10_000].map((count) => ({ count, config: table(count) }));
const routeContext = {
  diagnostics,
  path: [],
  compileFormat: plainFormat,
  readFile: () => new Uint8Array(),
  env: {},
};

const suite = new Benchmark.Suite();
for (const { count, config } of tables)
  suite.add(`compile a table of ${count} routes`, () => {
    if (compileRouteConfig(config, routeContext) === undefined) throw new Error('refused');
  });
suite
  .add('load examples/httpbin.yaml', {
    defer: true,
    fn: (deferred: { resolve(): void }) => {
      void loadBootstrap({ path: 'examples/httpbin.yaml', yaml: '' }, options).then(() => deferred.resolve());
    },
  })
  .add('compile a cluster', () => {
    compileCluster(cluster, context);
  })
  .on('cycle', (event: Benchmark.Event) => {
    process.stdout.write(`${String(event.target)}\n`);
  })
  .run({ async: true });
