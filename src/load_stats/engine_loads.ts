import type { RecordPublisher } from '../config/publisher.ts';
import type { NativeAddon } from '../engine/native.ts';
import { StatsGroup } from '../stats/generated/groups.ts';
import { groups } from '../stats/groups.ts';
import { addressOf } from '../tables/address.ts';
import { hostStatName } from '../tables/endpoints_compiler.ts';
import type { ClusterManager } from '../upstream/cluster_manager.ts';
import type { HostLoad, LoadSource } from './reporter.ts';

const slot = (group: readonly (readonly [name: string, ...unknown[]])[], wanted: string): number =>
  group.findIndex(([name]) => name === wanted);
const [GOOD, BAD, TOTAL, ACTIVE] = ['rq_success', 'rq_error', 'rq_total', 'rq_active'].map((name) =>
  slot(groups.Host, name),
) as [number, number, number, number];
const DROPPED = slot(groups.Cluster, 'upstream_rq_pending_overflow');

/** Loads as the workers have counted them, in the statistics of clusters and hosts. */
export function engineLoads<C>(
  native: Pick<NativeAddon, 'statsRead'>,
  publisher: Pick<RecordPublisher, 'blockOf'>,
  manager: Pick<ClusterManager<C>, 'active'>,
): LoadSource {
  const ofHost = new Float64Array(groups.Host.length);
  const ofCluster = new Float64Array(groups.Cluster.length);
  const read = (block: number | undefined, into: Float64Array): void => {
    if (block === undefined) into.fill(0);
    else native.statsRead(block, into);
  };
  return {
    clusters: () => manager.active().keys(),
    cluster: (name) => {
      const found = manager.active().get(name);
      if (found === undefined) return undefined;
      const { discovery, statName } = found.version.payload;
      read(publisher.blockOf(StatsGroup.Cluster, statName), ofCluster);
      return {
        serviceName: discovery.kind === 'eds' && discovery.serviceName !== name ? discovery.serviceName : '',
        dropped: Math.abs(ofCluster[DROPPED] as number),
        hosts: found.hosts.map(({ address, region, zone, subZone, priority }): HostLoad => {
          read(publisher.blockOf(StatsGroup.Host, hostStatName(name, addressOf(address))), ofHost);
          const of = (at: number): number => Math.abs(ofHost[at] as number);
          const load = { successes: of(GOOD), errors: of(BAD), issued: of(TOTAL), active: of(ACTIVE) };
          return { address, region, zone, subZone, priority, ...load };
        }),
      };
    },
  };
}
