/** Worlds for model.test.ts, what they are as resources, and what requests get in them. */
import type { Random } from '../tables/route_fixtures.ts';
import { cluster, endpoints, listener, type Plain, route } from '../xds-server/client.ts';

/** `hosts`: ports; a cluster of the type EDS has those of its endpoint set, another one has its own. */
type Cluster = { readonly eds: boolean; readonly hosts: readonly number[]; readonly timeoutS: number };
type Table = {
  /** Clusters, there or not, of `/first`, `/second` and everything else; undefined: no such route. */
  readonly to: readonly (string | undefined)[];
};
type Listener = { readonly table: string; readonly inline: boolean; readonly limit: number };
/** By place of its port; the last one, `steady`, never changes. */
export type World = {
  readonly listeners: ReadonlyMap<number, Listener>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly clusters: ReadonlyMap<string, Cluster>;
};

const LISTENERS = 3;
const TABLES = ['r0', 'r1', 'r2', 'r3'];
const CLUSTERS = ['c0', 'c1', 'c2', 'c3'];
const PREFIXES = ['/first', '/second', '/'];
const STEADY = 'steady';

/** Some random changes of a world (none: of an empty one), such that every reference but a route's to its cluster holds. */
export function nextWorld(
  from: World | undefined,
  random: Random,
  ports: readonly number[],
  origins: readonly number[],
): World {
  const steady = ports.length - 1;
  const listeners = new Map(from?.listeners ?? [[steady, { table: STEADY, inline: false, limit: 0 }]]);
  const tables = new Map(from?.tables ?? [[STEADY, { to: [undefined, undefined, STEADY] }]]);
  const clusters = new Map<string, Cluster>(
    from?.clusters ?? [[STEADY, { eds: true, hosts: origins.slice(0, 1), timeoutS: 1 }]],
  );
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const changes = from === undefined ? 8 : 1 + random.below(4);
  for (let i = 0; i < changes; i++) {
    switch (random.below(6)) {
      case 0: {
        const hosts = origins.filter(() => random.below(2) === 0);
        clusters.set(pick(CLUSTERS), { eds: random.below(3) > 0, hosts, timeoutS: 1 + random.below(9) });
        break;
      }
      case 1: {
        const name = pick(CLUSTERS);
        const old = clusters.get(name);
        if (old !== undefined) clusters.set(name, { ...old, hosts: [pick(origins)] });
        break;
      }
      case 2:
        if (random.below(2) === 0) clusters.delete(pick(CLUSTERS));
        break;
      case 3:
        tables.set(pick(TABLES), {
          to: PREFIXES.map(() => (random.below(4) === 0 ? undefined : pick(CLUSTERS))),
        });
        break;
      case 4: {
        const table = pick([...tables.keys()].filter((name) => name !== STEADY).concat(TABLES[0] as string));
        if (tables.has(table))
          listeners.set(random.below(LISTENERS), {
            table,
            inline: random.below(4) === 0,
            limit: 1 + random.below(5),
          });
        break;
      }
      default:
        if (random.below(2) === 0) listeners.delete(random.below(LISTENERS));
        else {
          const used = new Set([...listeners.values()].map(({ table }) => table));
          const name = pick(TABLES);
          if (!used.has(name)) tables.delete(name);
        }
    }
  }
  return { listeners, tables, clusters };
}

/** What a control plane sends. */
export function resourcesOf(
  { listeners, tables, clusters }: World,
  ports: readonly number[],
  source: Plain,
): { clusters: Plain[]; endpoints: Plain[]; listeners: Plain[]; routes: Plain[] } {
  const table = (name: string): Plain => {
    const made = route(name, STEADY) as Plain;
    const routes = (tables.get(name)?.to ?? []).flatMap((to, i) =>
      to === undefined ? [] : [{ match: { prefix: PREFIXES[i] }, route: { cluster: to } }],
    );
    return { ...made, virtual_hosts: [{ name: 'all', domains: ['*'], routes }] };
  };
  const all = {
    clusters: [...clusters].map(([name, { eds, hosts, timeoutS }]) => ({
      ...(eds ? cluster(name) : { name, type: 'STATIC', load_assignment: endpoints(name, ...hosts) }),
      connect_timeout: `${timeoutS}s`,
    })),
    endpoints: [...clusters].flatMap(([name, { eds, hosts }]) => (eds ? [endpoints(name, ...hosts)] : [])),
    listeners: [...listeners].map(([i, { table: name, inline, limit }]) => {
      const made = listener(`l${i}`, ports[i] as number, name) as Plain;
      const text = JSON.stringify({ ...made, per_connection_buffer_limit_bytes: 1_000_000 + limit });
      const parsed = JSON.parse(text, (_key, value: unknown) => {
        const manager = value as { rds?: unknown } | null;
        if (!inline || typeof manager !== 'object' || manager?.rds === undefined) return value;
        const { rds: _, ...rest } = manager;
        return { ...rest, route_config: { ...table(name), validate_clusters: false } };
      });
      return parsed as Plain;
    }),
    routes: [...tables.keys()].map(table),
  };
  const ads = JSON.stringify({ ads: {}, resource_api_version: 'V3' });
  return JSON.parse(JSON.stringify(all).replaceAll(ads, JSON.stringify(source)));
}

/** The answers that a request may get. */
export function expected(
  { listeners, tables, clusters }: World,
  place: number,
  path: string,
  nameOf: (port: number) => string,
): string[] {
  const found = listeners.get(place);
  if (found === undefined) return ['refused'];
  const to = tables.get(found.table)?.to ?? [];
  const at = PREFIXES.findIndex((prefix, i) => to[i] !== undefined && path.startsWith(prefix));
  if (at < 0) return ['404 '];
  const hosts = clusters.get(to[at] as string)?.hosts;
  if (hosts === undefined) return ['503 '];
  if (hosts.length === 0) return ['503 no healthy upstream'];
  return hosts.map((port) => `200 ${nameOf(port)}`);
}

/** `<status> <body>`, or `refused`. */
export async function answerOf(port: number, path: string): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    return `${response.status} ${await response.text()}`;
  } catch {
    return 'refused';
  }
}
