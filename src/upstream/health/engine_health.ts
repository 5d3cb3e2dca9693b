import type { Publishable, RecordPublisher } from '../../config/publisher.ts';
import type { NativeAddon } from '../../engine/native.ts';
import type { EngineTransport } from '../../engine/transport.ts';
import type { Logger } from '../../log/logger.ts';
import { StatsGroup } from '../../stats/generated/groups.ts';
import { groups } from '../../stats/groups.ts';
import { realClock } from '../../xds/clock.ts';
import type { HealthDeps } from './cluster_health.ts';
import { EventFiles } from './events.ts';
import { labelsOfHosts, placeHosts } from './records.ts';

const TRAFFIC = ['upstream_cx_total', 'upstream_cx_tx_bytes_total', 'upstream_cx_rx_bytes_total'];
const SLOTS = TRAFFIC.map((name) => groups.Cluster.findIndex(([each]) => each === name));

type Parts = {
  readonly native: Pick<NativeAddon, 'statsRead'>;
  readonly publisher: Pick<RecordPublisher, 'idOf' | 'blockOf'>;
  readonly transport: Pick<EngineTransport, 'connect'>;
  readonly log: Logger;
};

/** Checks of hosts as the server makes them: on the engine's connections, by the process's clock. */
export function engineHealth({ native, publisher, transport, log }: Parts): HealthDeps<Publishable> {
  const files = new EventFiles((path, error) => log.error(`health check events: ${path}: ${error.message}`));
  const values = new Float64Array(groups.Cluster.length);
  return {
    clock: realClock,
    connect: ({ address, transport: { tls, proxy = 0 }, serverName, alpn, statName }, events) =>
      transport.connect(
        {
          address,
          secured: tls !== undefined,
          tls: (tls === undefined ? undefined : publisher.idOf('TlsContext', tls)) ?? 0,
          serverName,
          alpn,
          proxy,
          sslStats: (tls === undefined ? undefined : publisher.blockOf(StatsGroup.ClusterSsl, statName)) ?? 0,
        },
        events,
      ),
    traffic: (statName) => {
      const block = publisher.blockOf(StatsGroup.Cluster, statName);
      if (block === undefined) return false;
      native.statsRead(block, values);
      // One that was used and then reset is -0.
      return SLOTS.some((slot) => !Object.is(values[slot], 0));
    },
    // Packed ones are parts of the buffer that all of their batch came in.
    keep: (record) => (record instanceof Uint8Array ? record.slice() : record),
    place: placeHosts,
    labels: labelsOfHosts,
    write: (path, line) => files.write(path, line),
  };
}
