import type { AdminContext } from '../../src/admin/context.ts';
import type { EntryView, PlaneView, TableView } from '../../src/admin/plane_view.ts';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { encodeWire } from '../../src/api/wire.ts';
import { defaultOptions } from '../../src/flags.ts';
import { LogRoot } from '../../src/log/logger.ts';
import { DEFAULT_BOUNDS } from '../../src/stats/histogram.ts';
import { MetricNames } from '../../src/stats/metrics.ts';
import { StatsRegistry } from '../../src/stats/registry.ts';
import { TagExtractor } from '../../src/stats/tags.ts';

/** The wire bytes of a message given as JSON. */
export function bytesOf(type: string, json: unknown): Uint8Array {
  const pool = DescriptorPool.load();
  const diagnostics = new Diagnostics();
  const message = decodeJson(pool, type, json, { diagnostics });
  const [first] = diagnostics.list;
  if (first !== undefined) throw new Error(`${first.path.join('.')}: ${first.message}`);
  return encodeWire(pool, message);
}

export const table = <P>(entries: readonly EntryView<P>[], versionInfo = ''): TableView<P> => ({
  versionInfo,
  entries: () => entries,
  get: (name) => entries.find((entry) => entry.name === name),
});

/** A configuration with nothing in it, but for what a test says. */
export const plane = (own: Partial<PlaneView> = {}): PlaneView => ({
  tls: { active: () => [], certificates: () => undefined },
  clusters: table([]),
  listeners: table([]),
  routes: { tables: () => [] },
  extensions: { tables: () => [] },
  scopes: { of: () => undefined },
  endpoints: { tables: () => [] },
  secrets: { tables: () => [], wanted: () => [] },
  clusterManager: { active: () => new Map() },
  listenerManager: { active: () => new Map(), addresses: () => [] },
  ...own,
});

export const quietLogs = (): LogRoot => new LogRoot({ level: 'critical', format: '%v' });

/** A context whose calls are written down. */
export function fakeContext(own: Partial<AdminContext> = {}): AdminContext & { readonly calls: string[] } {
  const calls: string[] = [];
  const context: AdminContext & { readonly calls: string[] } = {
    calls,
    options: defaultOptions(),
    concurrency: 2,
    startTime: Date.now(),
    firstStart: Date.now(),
    hotRestart: false,
    state: 'LIVE',
    healthcheckFailed: false,
    bootstrap: undefined,
    node: { id: 'n', cluster: 'c' },
    runtime: [],
    plane: plane(),
    logs: quietLogs(),
    stats: new StatsRegistry({
      source: {
        statsRead: () => undefined,
        statsReadWorker: () => undefined,
        statsHistogram: () => new Float64Array(),
        statsCodes: () => new Float64Array(),
        statsResetCounters: () => void calls.push('reset'),
      },
      workers: 2,
    }),
    metricNames: new MetricNames(new TagExtractor()),
    histogramBounds: () => DEFAULT_BOUNDS,
    hostValues: () => undefined,
    failHealthchecks: (failed) => void calls.push(`fail ${failed}`),
    drainListeners: (request) => void calls.push(`drain ${JSON.stringify(request)}`),
    reopenLogs: () => void calls.push('reopen'),
    quit: () => void calls.push('quit'),
  };
  return Object.defineProperties(context, Object.getOwnPropertyDescriptors(own));
}
