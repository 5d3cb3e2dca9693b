/** What reading a small configuration and compiling a cluster cost, once everything is loaded. */
import Benchmark from 'benchmark';
import { loadBootstrap } from '../src/config/load.ts';
import { Diagnostics } from '../src/api/diagnostics.ts';
import { TlsContexts } from '../src/tls/contexts.ts';
import { compileCluster } from '../src/tables/cluster_compiler.ts';

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

new Benchmark.Suite()
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
