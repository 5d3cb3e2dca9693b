// The data plane in this process, without worker threads: static clusters published as the primary
// thread publishes them, and its transport.
import { loadBootstrap } from '../../src/config/load.ts';
import { loadOptions } from '../../src/config/load_options.ts';
import type { CompiledResource } from '../../src/config/compiled.ts';
import { RecordPublisher } from '../../src/config/publisher.ts';
import { Engine, loadAddon } from '../../src/engine/engine.ts';
import { EngineTransport } from '../../src/engine/transport.ts';
import { defaultOptions } from '../../src/flags.ts';
import { StatsGroup } from '../../src/stats/generated/groups.ts';
import { groups } from '../../src/stats/groups.ts';
import { RecordKind } from '../../src/tables/generated/layout.ts';
import type { Fields } from '../e2e/support.ts';

export class Primary {
  readonly native = loadAddon();
  readonly publisher: RecordPublisher;
  readonly transport: EngineTransport;

  constructor() {
    this.native.init({
      concurrency: 1,
      slabBytes: 1 << 22,
      logLevel: 4,
      serviceCluster: '',
      serviceNode: '',
      serviceZone: '',
      localAddress: '127.0.0.1',
      logFlushMs: 10,
      logFlushBytes: 1024,
    });
    const blocks = { added: () => undefined, removed: () => undefined };
    this.publisher = new RecordPublisher(
      new Engine(this.native, 1 << 22),
      RecordKind,
      blocks,
      (name, why) => {
        throw new Error(`${name}: ${why}`);
      },
    );
    this.transport = new EngineTransport(this.native, (name) => this.publisher.idOf('Cluster', name));
  }

  /** Publishes the clusters. */
  async publish(clusters: Fields[]): Promise<void> {
    const text = JSON.stringify({ static_resources: { clusters } });
    const { result, findings } = await loadBootstrap(
      { path: '', yaml: '', text },
      loadOptions(defaultOptions()),
    );
    if (result === undefined) throw new Error(findings.map((each) => each.text).join('\n'));
    for (const { name, payload } of result.clusters) {
      const { compiled, endpoints, statName, tls } = payload;
      if (compiled === undefined || endpoints === undefined) throw new Error(`${name} is not static`);
      for (const context of tls ?? [])
        this.publisher.putTls(context.name, context.compiled as CompiledResource);
      this.publisher.putCluster(name, statName, compiled, endpoints.compiled);
    }
    this.publisher.flush();
  }

  /** One statistic of a cluster. */
  stat(cluster: string, slot: string): number {
    const values = new Float64Array(groups.Cluster.length);
    this.native.statsRead(this.publisher.blockOf(StatsGroup.Cluster, cluster) ?? 0, values);
    return values[groups.Cluster.findIndex(([each]) => each === slot)] as number;
  }
}
