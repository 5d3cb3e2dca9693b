import type { RecordPublisher } from '../config/publisher.ts';
import type { NativeAddon } from '../engine/native.ts';
import { StatsGroup } from '../stats/generated/groups.ts';
import { groups } from '../stats/groups.ts';
import { shownHostStatName } from '../tables/endpoints_compiler.ts';
import { realClock } from '../xds/clock.ts';
import type { OutlierDeps } from './outlier.ts';

const slot = (wanted: string): number => groups.Host.findIndex(([name]) => name === wanted);
const [GOOD, BAD] = [slot('rq_success'), slot('rq_error')];

/** Outlier detection as the server does it: by the engine's counts, on its balancers. */
export function engineOutliers(
  native: Pick<NativeAddon, 'statsRead' | 'ejectHost'>,
  publisher: Pick<RecordPublisher, 'idOf' | 'blockOf'>,
): OutlierDeps {
  const values = new Float64Array(groups.Host.length);
  const block = (cluster: string, address: string): number | undefined =>
    publisher.blockOf(StatsGroup.Host, shownHostStatName(cluster, address));
  return {
    clock: realClock,
    eject: (cluster, address, ejected) => {
      const id = publisher.idOf('Cluster', cluster);
      const host = block(cluster, address);
      // A host that is gone is gone for the balancers too.
      if (id !== undefined && host !== undefined) native.ejectHost(id, host, ejected);
    },
    traffic: (cluster, address) => {
      const host = block(cluster, address);
      if (host === undefined) return undefined;
      native.statsRead(host, values);
      return [values[GOOD] as number, values[BAD] as number];
    },
  };
}
