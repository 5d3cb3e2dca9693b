import type { Message } from '../../api/message.ts';
import { TYPE } from '../../config/resource_map.ts';
import type { AdminContext } from '../context.ts';
import type { EntryView, TableView, VersionView } from '../plane_view.ts';
import { bootstrapText } from './bootstrap.ts';
import { assignmentJson, resolvedJson } from './hosts.ts';
import { managersOf } from './managers.ts';
import { anyJson, child, decode, type JsonObject, messageJson, timestamp } from './proto.ts';
import { scopedRoutes } from './scoped_routes.ts';

/**
 * One of a list's elements, made when it is its turn. Without a name it is always shown: what is in it has names,
 * of which `wanted` tells those that are asked for.
 */
export type Item = {
  readonly name: string | undefined;
  readonly json: (wanted: (name: string) => boolean) => JsonObject;
};
export type ItemList = {
  readonly field: string;
  readonly element: string;
  readonly items: () => Iterable<Item>;
};
/** One message of a configuration dump: fields of its own, and lists of resources. */
export type Section = {
  readonly type: string;
  readonly fields: () => JsonObject;
  readonly lists: readonly ItemList[];
  /** The section in pieces, where the fields may be large. */
  readonly text?: () => Iterable<string>;
};

const typeOf = (typeUrl: string): string => typeUrl.slice(typeUrl.indexOf('/') + 1);
const CLUSTER = typeOf(TYPE.cluster);
const LISTENER = typeOf(TYPE.listener);
const ROUTE = typeOf(TYPE.route);
const ENDPOINTS = typeOf(TYPE.endpoints);
const EXTENSION = typeOf(TYPE.extension);
const SECRET = typeOf(TYPE.secret);

type Entries = () => Iterable<EntryView>;

const versionField = (version: string): JsonObject => (version === '' ? {} : { version_info: version });

function errorJson(type: string, error: EntryView['error']): JsonObject {
  if (error === undefined) return {};
  const { bytes, details, lastUpdateAttempt, version } = error;
  return {
    error_state: {
      ...(bytes === undefined ? {} : { failed_configuration: anyJson(decode(type, bytes)) }),
      last_update_attempt: timestamp(lastUpdateAttempt),
      details,
      ...versionField(version),
    },
  };
}

/** A version of a resource in its wrapper: `cluster`, `listener`, `route_config`. */
function versionJson(
  type: string,
  field: string,
  { version, bytes, lastUpdated }: VersionView<unknown>,
): JsonObject {
  return {
    ...versionField(version),
    [field]: anyJson(decode(type, bytes)),
    last_updated: timestamp(lastUpdated),
  };
}

/** The versions that `pick` finds, as elements of one list. */
function* versions(
  entries: Entries,
  source: EntryView['source'],
  pick: (entry: EntryView) => VersionView<unknown> | undefined,
  make: (version: VersionView<unknown>, entry: EntryView) => JsonObject,
): Generator<Item> {
  for (const entry of entries()) {
    const version = entry.source === source ? pick(entry) : undefined;
    if (version !== undefined) yield { name: entry.name, json: () => make(version, entry) };
  }
}

function bootstrap({ bootstrap: loaded }: AdminContext): Section {
  return {
    type: 'BootstrapConfigDump',
    fields: () => {
      if (loaded === undefined) return {};
      return {
        bootstrap: messageJson(decode('envoy.config.bootstrap.v3.Bootstrap', loaded.bytes)),
        last_updated: timestamp(loaded.loaded),
      };
    },
    lists: [],
    ...(loaded === undefined ? {} : { text: () => bootstrapText(loaded.bytes, loaded.loaded) }),
  };
}

function clusters({ plane }: AdminContext): Section {
  const entries: Entries = () => plane.clusters.entries();
  const dynamic = (version: VersionView<unknown>, entry: EntryView): JsonObject => ({
    ...versionJson(CLUSTER, 'cluster', version),
    ...errorJson(CLUSTER, entry.error),
  });
  return {
    type: 'ClustersConfigDump',
    fields: () => versionField(plane.clusters.versionInfo),
    lists: [
      {
        field: 'static_clusters',
        element: 'StaticCluster',
        items: () =>
          versions(
            entries,
            'static',
            (e) => e.active,
            (v) => versionJson(CLUSTER, 'cluster', v),
          ),
      },
      {
        field: 'dynamic_active_clusters',
        element: 'DynamicCluster',
        items: () => versions(entries, 'dynamic', (e) => e.active, dynamic),
      },
      {
        field: 'dynamic_warming_clusters',
        element: 'DynamicCluster',
        items: () => versions(entries, 'dynamic', (e) => e.warming, dynamic),
      },
    ],
  };
}

/** The endpoint set of an EDS cluster, as it came. */
function edsResource({ plane }: AdminContext, name: string): Message | undefined {
  for (const table of plane.endpoints.tables()) {
    const active = table.get(name)?.active;
    if (active !== undefined) return decode(ENDPOINTS, active.bytes);
  }
  return undefined;
}

function* endpointItems(context: AdminContext, source: EntryView['source']): Generator<Item> {
  for (const { name, version, source: from, hosts } of activeClusters(context)) {
    if (from !== source) continue;
    const { discovery } = version.payload;
    const shown = discovery.kind === 'eds' ? discovery.serviceName : name;
    const json = (): JsonObject => {
      if (discovery.kind === 'dns') return resolvedJson(shown, hosts);
      const set =
        discovery.kind === 'eds'
          ? edsResource(context, discovery.serviceName)
          : child(decode(CLUSTER, version.bytes), 'load_assignment');
      return assignmentJson(shown, set, hosts);
    };
    yield {
      name: shown,
      json: () => ({ endpoint_config: { '@type': `type.googleapis.com/${ENDPOINTS}`, ...json() } }),
    };
  }
}

/** Clusters that serve, with where they come from. */
export function* activeClusters({ plane }: AdminContext) {
  for (const [name, runtime] of plane.clusterManager.active()) {
    const source = plane.clusters.get(name)?.source ?? 'static';
    yield { name, source, version: runtime.version, hosts: runtime.hosts };
  }
}

function endpoints(context: AdminContext): Section {
  return {
    type: 'EndpointsConfigDump',
    fields: () => ({}),
    lists: [
      {
        field: 'static_endpoint_configs',
        element: 'StaticEndpointConfig',
        items: () => endpointItems(context, 'static'),
      },
      {
        field: 'dynamic_endpoint_configs',
        element: 'DynamicEndpointConfig',
        items: () => endpointItems(context, 'dynamic'),
      },
    ],
  };
}

function* dynamicListeners(table: TableView): Generator<Item> {
  for (const entry of table.entries()) {
    if (entry.source !== 'dynamic') continue;
    const { name, active, warming, draining, error } = entry;
    const state = (field: string, version: VersionView<unknown> | undefined): JsonObject =>
      version === undefined ? {} : { [field]: versionJson(LISTENER, 'listener', version) };
    yield {
      name,
      json: () => ({
        name,
        ...state('active_state', active),
        ...state('warming_state', warming),
        ...state('draining_state', draining.at(-1)),
        ...errorJson(LISTENER, error),
      }),
    };
  }
}

function listeners({ plane }: AdminContext): Section {
  const table: TableView = plane.listeners;
  return {
    type: 'ListenersConfigDump',
    fields: () => versionField(table.versionInfo),
    lists: [
      {
        field: 'static_listeners',
        element: 'StaticListener',
        items: () =>
          versions(
            () => table.entries(),
            'static',
            (e) => e.active,
            (v) => versionJson(LISTENER, 'listener', v),
          ),
      },
      { field: 'dynamic_listeners', element: 'DynamicListener', items: () => dynamicListeners(table) },
    ],
  };
}

/** Route configurations that stand in the listeners themselves. */
function* inlineRoutes({ plane }: AdminContext): Generator<Item> {
  for (const { active } of plane.listeners.entries()) {
    if (active === undefined) continue;
    for (const manager of managersOf(active.bytes)) {
      const routes = child(manager, 'route_config');
      if (routes === undefined) continue;
      yield {
        name: (routes.name as string | undefined) ?? '',
        json: () => ({ route_config: anyJson(routes), last_updated: timestamp(active.lastUpdated) }),
      };
    }
  }
}

function routes(context: AdminContext): Section {
  const entries = function* (): Generator<EntryView> {
    for (const table of context.plane.routes.tables()) yield* table.entries();
  };
  return {
    type: 'RoutesConfigDump',
    fields: () => ({}),
    lists: [
      { field: 'static_route_configs', element: 'StaticRouteConfig', items: () => inlineRoutes(context) },
      {
        field: 'dynamic_route_configs',
        element: 'DynamicRouteConfig',
        items: () =>
          versions(
            entries,
            'dynamic',
            (e) => e.active,
            (v, entry) => ({ ...versionJson(ROUTE, 'route_config', v), ...errorJson(ROUTE, entry.error) }),
          ),
      },
    ],
  };
}

/** Secrets, without what is secret of them. Those that are waited for have a name and nothing else. */
function secrets({ plane, bootstrap: loaded }: AdminContext): Section {
  const fixed = function* (): Generator<Item> {
    if (loaded === undefined) return;
    const bootstrap = decode('envoy.config.bootstrap.v3.Bootstrap', loaded.bytes);
    const resources = bootstrap.static_resources as Message | undefined;
    for (const secret of (resources?.secrets ?? []) as readonly Message[]) {
      const name = String(secret.name ?? '');
      const json = (): JsonObject => ({
        name,
        last_updated: timestamp(loaded.loaded),
        secret: anyJson(secret),
      });
      yield { name, json };
    }
  };
  const items = function* (): Generator<Item> {
    for (const table of plane.secrets.tables()) {
      for (const { name, active, error } of table.entries()) {
        if (active === undefined) continue;
        const json = (): JsonObject => {
          const { version_info, secret, last_updated } = versionJson(SECRET, 'secret', active);
          const version = version_info === undefined ? {} : { version_info };
          return { name, ...version, last_updated, secret, ...errorJson(SECRET, error) };
        };
        yield { name, json };
      }
    }
  };
  const warming = function* (): Generator<Item> {
    for (const [name, , active] of plane.secrets.wanted()) {
      if (!active) yield { name, json: () => ({ name, version_info: 'uninitialized' }) };
    }
  };
  return {
    type: 'SecretsConfigDump',
    fields: () => ({}),
    lists: [
      { field: 'static_secrets', element: 'StaticSecret', items: fixed },
      { field: 'dynamic_active_secrets', element: 'DynamicSecret', items },
      { field: 'dynamic_warming_secrets', element: 'DynamicSecret', items: warming },
    ],
  };
}

/** Configurations of filters that are delivered; no section where there are none. */
function extensions({ plane }: AdminContext): Section[] {
  const tables = plane.extensions.tables();
  if (tables.length === 0) return [];
  const entries = function* (): Generator<EntryView> {
    for (const table of tables) yield* table.entries();
  };
  const items = (): Generator<Item> =>
    versions(
      entries,
      'dynamic',
      (e) => e.active,
      (v, { error }) => ({ ...versionJson(EXTENSION, 'ecds_filter', v), ...errorJson(EXTENSION, error) }),
    );
  return [
    {
      type: 'EcdsConfigDump',
      fields: () => ({}),
      lists: [{ field: 'ecds_filters', element: 'EcdsFilterConfig', items }],
    },
  ];
}

/** The sections of /config_dump in Envoy's order. */
export function sections(context: AdminContext, includeEndpoints: boolean): Section[] {
  return [
    bootstrap(context),
    clusters(context),
    ...(includeEndpoints ? [endpoints(context)] : []),
    ...extensions(context),
    listeners(context),
    scopedRoutes(context),
    routes(context),
    secrets(context),
  ];
}
