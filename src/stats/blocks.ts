import type { NativeAddon } from '../engine/native.ts';
import { StatsGroup } from './generated/groups.ts';
import { groups } from './groups.ts';
import type { Buckets } from './histogram.ts';
import type { Extracted, Tag } from './tags.ts';
import { Shape, type ShapeSlot, type ShownSlot, type StatsBlock } from './shape.ts';

/** The part of the addon that statistics are read through. */
export type StatsSource = Pick<
  NativeAddon,
  'statsRead' | 'statsReadWorker' | 'statsHistogram' | 'statsCodes' | 'statsResetCounters'
>;

/**
 * Statistics that the primary thread adds to the data plane's ones of a block: their slots, and what
 * reads them for a block's name. One that does not exist for it is NaN (or undefined, for text).
 */
export interface Companion {
  readonly slots: readonly ShownSlot[];
  /** Before a pass over all blocks. */
  begin(): void;
  /** Fills in `values` from `at` on, in the order of `slots`. */
  read(name: string, values: Float64Array, at: number): void;
  /** Of the text or wide slot at this place. */
  text(name: string, place: number): string | undefined;
}

/** The part of the addon that takes what another process has counted. */
export type StatsCarrier = Pick<NativeAddon, 'statsCarry' | 'statsCarryCodes'>;

/** What blocks of one group have in common. */
export class BlockKind {
  readonly source: StatsSource;
  readonly head: string;
  /** The group's number. */
  group = 0;
  /** Places of statuses, and of counters, among the native slots. */
  readonly codePlaces: readonly number[];
  readonly counters: ReadonlySet<number>;
  readonly shape: Shape;
  readonly nativeSize: number;
  readonly companion: Companion | undefined;
  /** Workers whose own share is shown: `worker_0.` and so on (listeners). */
  readonly workers: number;
  readonly perWorker: readonly number[];
  readonly scratch: Float64Array;

  constructor(
    source: StatsSource,
    head: string,
    native: readonly ShownSlot[],
    extra: {
      readonly companion?: Companion;
      readonly workers?: number;
      readonly perWorker?: readonly string[];
    } = {},
  ) {
    const { companion, workers = 0, perWorker = [] } = extra;
    this.source = source;
    this.head = head;
    this.companion = companion;
    this.workers = workers;
    this.nativeSize = native.length;
    const places = (wanted: string): number[] =>
      native.flatMap(([, kind], at) => (kind === wanted ? [at] : []));
    this.codePlaces = places('codes');
    this.counters = new Set(places('counter'));
    this.perWorker = perWorker.map((name) => native.findIndex((slot) => slot[0] === name));
    const shares = Array.from({ length: workers }, (_, worker) =>
      perWorker.map((name, i): ShownSlot => {
        const kind = native[this.perWorker[i] as number]?.[1] ?? 'counter';
        const total = `worker_${worker}.${perWorker[0] ?? ''}`;
        return [`worker_${worker}.${name}`, kind, kind === 'counter' ? {} : { usedWith: total }];
      }),
    ).flat();
    this.shape = new Shape([...native, ...shares, ...(companion?.slots ?? [])]);
    this.scratch = new Float64Array(native.length);
  }
}

/** What was counted in a block: [slot, value] of counters and gauges; by slot the statuses and their counts in turns. */
export type Counted = {
  readonly values: readonly (readonly [number, number])[];
  readonly codes: readonly (readonly [number, readonly number[]])[];
};

/** A block of the data plane, with what the primary adds. Small: there is one for each cluster. */
export class NativeBlock implements StatsBlock {
  readonly prefix: string;
  readonly #kind: BlockKind;
  readonly #index: number;

  /** `exact`: the name is as it is. */
  constructor(kind: BlockKind, index: number, name: string, exact = false) {
    this.prefix = `${kind.head}${exact ? name : sanitize(name)}${kind.shape.single ? '' : '.'}`;
    this.#kind = kind;
    this.#index = index;
  }

  get shape(): Shape {
    return this.#kind.shape;
  }

  get #name(): string {
    return this.prefix.slice(this.#kind.head.length, -1);
  }

  read(values: Float64Array): void {
    const { source, nativeSize, workers, perWorker, companion, scratch } = this.#kind;
    source.statsRead(this.#index, values);
    let at = nativeSize;
    for (let worker = 0; worker < workers; worker++) {
      source.statsReadWorker(this.#index, worker, scratch);
      for (const place of perWorker) values[at++] = scratch[place] as number;
    }
    companion?.read(this.#name, values, at);
  }

  /** The same in every process. */
  get key(): string {
    return `${this.#kind.group}:${this.prefix}`;
  }

  /** For another process; undefined when nothing was counted. */
  counted(): Counted | undefined {
    const { source, codePlaces, scratch } = this.#kind;
    source.statsRead(this.#index, scratch);
    const values = [...scratch].flatMap((value, at) => (value === 0 ? [] : [[at, value] as const]));
    const codes = codePlaces.flatMap((at) => {
      const pairs = source.statsCodes(this.#index, at);
      return pairs.length === 0 ? [] : [[at, [...pairs]] as const];
    });
    return values.length + codes.length === 0 ? undefined : { values, codes };
  }

  /** Adds what another process has counted; without its gauges when it is gone. */
  carry(source: StatsCarrier, { values, codes }: Counted, gone: boolean): void {
    const { scratch, counters } = this.#kind;
    scratch.fill(0);
    for (const [at, value] of values)
      if (at < scratch.length && (!gone || counters.has(at))) scratch[at] = value;
    source.statsCarry(this.#index, scratch);
    for (const [at, pairs] of codes) source.statsCarryCodes(this.#index, at, Float64Array.from(pairs));
  }

  text(slot: ShapeSlot): string | undefined {
    const { nativeSize, workers, perWorker, companion } = this.#kind;
    return companion?.text(this.#name, slot.at - nativeSize - workers * perWorker.length);
  }

  histogram(slot: ShapeSlot): Buckets {
    return this.#kind.source.statsHistogram(this.#index, slot.at);
  }

  codes(slot: ShapeSlot): ArrayLike<number> {
    return this.#kind.source.statsCodes(this.#index, slot.at);
  }
}

/** Before the names of a mesh's metrics, which Prometheus is shown without it (Envoy's custom namespaces). */
const MESH = 'istiocustom.';

/** A statistic whose name comes with its tags, each behind a NUL: `metric`, name, value, name, value. */
class TaggedBlock extends NativeBlock {
  readonly tagged: Extracted;

  constructor(kind: BlockKind, index: number, name: string) {
    const [metric = '', ...parts] = name.split('\0');
    // An empty value leaves nothing in the name, as in Envoy.
    super(kind, index, [MESH + metric, ...parts.filter((part) => part !== '')].join('.'), true);
    const tags = parts.flatMap((tag, i): Tag[] => (i % 2 === 0 ? [[tag, parts[i + 1] ?? '']] : []));
    this.tagged = { name: MESH + metric, tags };
  }
}

/** Envoy allows no colons in the names of statistics. */
export const sanitize = (name: string): string => name.replace(/:\/{0,2}|\0/g, '_');

const TAGGED: ReadonlySet<number> = new Set([
  StatsGroup.MeshCounter,
  StatsGroup.MeshHistogram,
  StatsGroup.MeshBuild,
]);

/** Makes the blocks of the data plane's groups; hosts have no statistics of their own names. */
export class BlockFactory {
  readonly #kinds: ReadonlyMap<number, BlockKind>;

  constructor(source: StatsSource, options: { readonly workers: number; readonly clusters?: Companion }) {
    const { workers, clusters } = options;
    this.#kinds = new Map([
      [
        StatsGroup.Listener,
        new BlockKind(source, 'listener.', groups.Listener, {
          workers,
          perWorker: ['downstream_cx_total', 'downstream_cx_active'],
        }),
      ],
      [StatsGroup.Hcm, new BlockKind(source, 'http.', groups.Hcm)],
      [StatsGroup.ListenerHcm, new BlockKind(source, 'listener.', groups.ListenerHcm)],
      [StatsGroup.TcpProxy, new BlockKind(source, 'tcp.', groups.TcpProxy)],
      [StatsGroup.ListenerSsl, new BlockKind(source, 'listener.', groups.ListenerSsl)],
      [StatsGroup.TlsInspector, new BlockKind(source, '', groups.TlsInspector)],
      [StatsGroup.HttpInspector, new BlockKind(source, '', groups.HttpInspector)],
      [StatsGroup.ProxyProtocol, new BlockKind(source, '', groups.ProxyProtocol)],
      [StatsGroup.ProxyProtocolErrors, new BlockKind(source, '', groups.ProxyProtocolErrors)],
      [StatsGroup.ConnectionLimit, new BlockKind(source, '', groups.ConnectionLimit)],
      [StatsGroup.NetworkLocalRateLimit, new BlockKind(source, '', groups.NetworkLocalRateLimit)],
      [StatsGroup.RbacCount, new BlockKind(source, '', groups.RbacCount)],
      [StatsGroup.Fault, new BlockKind(source, '', groups.Fault)],
      [StatsGroup.Cors, new BlockKind(source, '', groups.Cors)],
      [StatsGroup.GrpcAccessLog, new BlockKind(source, '', groups.GrpcAccessLog)],
      [StatsGroup.MetadataExchange, new BlockKind(source, '', groups.MetadataExchange)],
      [StatsGroup.ClusterSsl, new BlockKind(source, 'cluster.', groups.ClusterSsl)],
      [StatsGroup.ClusterProxyProtocol, new BlockKind(source, 'cluster.', groups.ClusterProxyProtocol)],
      [StatsGroup.ClusterRing, new BlockKind(source, 'cluster.', groups.ClusterRing)],
      [StatsGroup.ClusterMaglev, new BlockKind(source, 'cluster.', groups.ClusterMaglev)],
      [StatsGroup.Grpc, new BlockKind(source, 'cluster.', groups.Grpc)],
      [StatsGroup.Zipkin, new BlockKind(source, '', groups.Zipkin)],
      [StatsGroup.MeshCounter, new BlockKind(source, '', groups.MeshCounter)],
      [StatsGroup.MeshHistogram, new BlockKind(source, '', groups.MeshHistogram)],
      [StatsGroup.MeshBuild, new BlockKind(source, '', groups.MeshBuild)],
      [StatsGroup.Cluster, new BlockKind(source, 'cluster.', groups.Cluster, { companion: clusters })],
    ]);
    for (const [group, kind] of this.#kinds) kind.group = group;
  }

  /** undefined for a group that is not among the statistics. */
  make(index: number, group: number, name: string): NativeBlock | undefined {
    const kind = this.#kinds.get(group);
    if (kind === undefined) return undefined;
    return TAGGED.has(group) ? new TaggedBlock(kind, index, name) : new NativeBlock(kind, index, name);
  }
}

/** Number of the block of the group Server (Registry::kServer). */
const SERVER = 1;

/** Statistics of the process whose names begin with one word, `http2.`: a part of its block. */
class ServerPart implements StatsBlock {
  readonly prefix: string;
  readonly shape: Shape;
  readonly #source: StatsSource;
  readonly #places: readonly number[];
  readonly #scratch = new Float64Array(groups.Server.length);

  constructor(source: StatsSource, prefix: string) {
    const bare = (name: string): string => name.replace(prefix, '');
    const own = groups.Server.flatMap((slot, place) => (slot[0].startsWith(prefix) ? [{ slot, place }] : []));
    this.prefix = prefix;
    this.#source = source;
    this.#places = own.map(({ place }) => place);
    this.shape = new Shape(
      own.map(({ slot: [name, kind, options = {}] }): ShownSlot => {
        const { born } = options;
        return [bare(name), kind, born === undefined ? options : { ...options, born: bare(born) }];
      }),
    );
  }

  read(values: Float64Array): void {
    this.#source.statsRead(SERVER, this.#scratch);
    this.#places.forEach((place, i) => {
      values[i] = this.#scratch[place] as number;
    });
  }

  text(): undefined {}

  histogram(slot: ShapeSlot): Buckets {
    return this.#source.statsHistogram(SERVER, this.#places[slot.at] as number);
  }

  codes(slot: ShapeSlot): ArrayLike<number> {
    return this.#source.statsCodes(SERVER, this.#places[slot.at] as number);
  }
}

/** What the data plane counts for the process as a whole. */
export function serverBlocks(source: StatsSource): StatsBlock[] {
  const prefixes = new Set(groups.Server.map(([name]) => name.slice(0, name.indexOf('.') + 1)));
  return Array.from(prefixes, (prefix) => new ServerPart(source, prefix));
}
