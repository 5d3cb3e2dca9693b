import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import type { DescriptorPool } from '../api/descriptor.ts';
import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { compileHeaderValue } from '../accesslog/format.ts';
import { findExtension, impliedExtension, terminalExtensions } from '../extensions/manifest.ts';
import { breakers, compileClusterParts } from '../tables/cluster_compiler.ts';
import { outlierSettings } from '../tables/outlier.ts';
import { compileEndpointsRecord } from '../tables/endpoints_compiler.ts';
import { compileListener, listenerStatPrefix } from '../tables/listener_compiler.ts';
import { compileRouteConfig } from '../tables/route_compiler.ts';
import { child, decoded, flag, text } from '../tables/route_read.ts';
import { writeRecord } from '../tables/generated/layout.ts';
import { scopeKey } from '../tables/scope_table.ts';
import { type Assignment, hostViews, packHosts } from '../upstream/endpoints.ts';
import { type TlsFault, TlsContexts } from '../tls/contexts.ts';
import type { CompiledResource } from './compiled.ts';
import {
  bindSpecs,
  clusterStatName,
  discoveredFilters,
  discovery,
  routeSources,
  scopedRoutes,
  waitForWarm,
} from './extract.ts';
import type {
  ClusterPayload,
  ConfigSource,
  EndpointsPayload,
  ExtensionPayload,
  ExtensionUse,
  ListenerPayload,
  RoutePayload,
  ScopePayload,
  ServerSettings,
} from './payload.ts';
import { configSource } from './sources.ts';

export type Compiled = CompiledResource;

export type CompileContext = {
  readonly pool: DescriptorPool;
  readonly diagnostics: Diagnostics;
  /** The clusters that routes may name; absent where they are not known (discovery files). */
  readonly clusters?: ReadonlySet<string>;
  /** Where the resource comes from; absent: it stands in the bootstrap. */
  readonly origin?: ConfigSource | undefined;
  /** How the stream of all types is spoken, if there is one. */
  readonly ads?: ServerSettings['kind'] | undefined;
  /** How many connections a listener may have, by its name. */
  readonly listenerLimits?: Readonly<Record<string, number>> | undefined;
  /** What sockets of all clusters are bound to that do not say (envoy.config.core.v3.BindConfig). */
  readonly bind?: Message | undefined;
  /** The secrets of the bootstrap (envoy.extensions.transport_sockets.tls.v3.Secret). */
  readonly secrets?: readonly Message[] | undefined;
  /** Of the configuration of an extension: where it is used. */
  readonly use?: ExtensionUse | undefined;
  /** Builds a TLS context to see whether it can be; absent: not looked at. */
  readonly checkTls?: (spec: Uint8Array) => TlsFault | undefined;
};

const readFile = (path: string): Uint8Array => readFileSync(path);

const surroundings = ({ diagnostics, clusters, origin, ads }: CompileContext) => ({
  ...{ diagnostics, origin, ads },
  ...(clusters === undefined ? {} : { clusters }),
  compileFormat: compileHeaderValue,
  find: findExtension,
  readFile,
  tryLogFile,
  env: process.env,
});

/** Made if it is not there, as the data plane will do; a pipe that nobody reads is an error, not a wait. */
function tryLogFile(path: string): void {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;
  closeSync(openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, 0o644));
}

/** envoy.config.endpoint.v3.ClusterLoadAssignment with numeric addresses. */
export function endpointsPayload(
  clusterName: string,
  assignment: Message,
  leds?: EndpointsPayload<Compiled>['leds'],
): EndpointsPayload<Compiled> {
  return {
    compiled: compileEndpointsRecord(clusterName, assignment),
    hosts: packHosts(hostViews(assignment as unknown as Assignment)),
    ...(leds === undefined ? {} : { leds }),
  };
}

const shared = new Map<string, unknown>();
const MOST_SHARED = 1000;

/** The same object for equal values: what clusters have in common is sent once, and kept once by the primary. */
function once<T>(value: T): T {
  const key = JSON.stringify(value);
  const known = shared.get(key) as T | undefined;
  if (known !== undefined) return known;
  if (shared.size >= MOST_SHARED) shared.clear();
  shared.set(key, value);
  return value;
}

export function clusterPayload(
  cluster: Message,
  path: Path,
  context: CompileContext,
): ClusterPayload<Compiled> {
  const how = discovery(cluster, context.origin);
  const { diagnostics } = context;
  const tls = new TlsContexts(diagnostics, readFile, context.checkTls);
  const parts = compileClusterParts(cluster, {
    diagnostics,
    env: process.env,
    tls,
    path,
    origin: context.origin,
    secrets: context.secrets,
    bind: context.bind,
  });
  const outliers = outlierSettings(cluster);
  const payload: ClusterPayload<Compiled> = {
    compiled: parts.compiled,
    discovery: how.kind === 'eds' ? { ...how, source: once(how.source) } : how,
    statName: clusterStatName(cluster),
    waitForWarm: waitForWarm(cluster),
    ...(tls.list.length > 0 ? { tls: tls.list } : {}),
    ...(parts.health === undefined ? {} : { health: parts.health }),
    ...(outliers === undefined ? {} : { outliers: once(outliers) }),
  };
  const limits = breakers(cluster);
  if (limits !== undefined) payload.breakers = once(limits);
  if (how.kind === 'static') {
    const assignment = child(cluster, 'load_assignment') ?? {
      $type: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    };
    payload.endpoints = endpointsPayload(text(cluster, 'name'), assignment);
  }
  return payload;
}

/** Undefined after reporting errors. */
export function routePayload(
  config: Message,
  path: Path,
  context: CompileContext,
): RoutePayload<Compiled> | undefined {
  const compiled = compileRouteConfig(config, { ...surroundings(context), path, validateClusters: false });
  if (compiled === undefined) return undefined;
  const vhds = virtualHostSource(config, path, context);
  return { compiled, ...(vhds === undefined ? {} : { vhds }) };
}

/** envoy.config.route.v3.Vhds: a server that speaks the incremental variant. */
function virtualHostSource(
  config: Message,
  path: Path,
  { diagnostics, origin, ads }: CompileContext,
): RoutePayload<Compiled>['vhds'] {
  const vhds = child(config, 'vhds');
  if (vhds === undefined) return undefined;
  const source = configSource(child(vhds, 'config_source'), origin);
  if (source !== undefined && !('path' in source)) {
    const kind = 'ads' in source ? ads : source.api.kind;
    if (kind === 'delta') return source;
  }
  diagnostics.error(
    [...path, 'vhds', 'config_source'],
    'source',
    'virtual hosts come over streams of changes only',
    {
      expected: 'a server with the api_type DELTA_GRPC',
    },
  );
  return undefined;
}

/**
 * envoy.config.core.v3.TypedExtensionConfig of an HTTP filter, for where it is used; undefined after reporting
 * errors.
 */
export function extensionPayload(
  message: Message,
  path: Path,
  context: CompileContext,
): ExtensionPayload<Compiled> | undefined {
  const config = decoded(child(message, 'typed_config'));
  const below = [...path, 'typed_config'];
  const extension = config && findExtension(config.$type, 'envoy.filters.http');
  if (
    config === undefined ||
    extension?.category !== 'envoy.filters.http' ||
    extension.type !== config.$type
  ) {
    context.diagnostics.error(
      below,
      'unsupported',
      `${text(message, 'name')} is no HTTP filter that is built in`,
    );
    return undefined;
  }
  const before = context.diagnostics.errorCount;
  const value = extension.compile(config, {
    ...surroundings(context),
    tls: new TlsContexts(context.diagnostics, readFile, context.checkTls),
    path: below,
    terminal: terminalExtensions,
    implied: impliedExtension,
    secrets: context.secrets,
    listenerStat: context.use?.listenerStat ?? '',
    httpStat: context.use?.httpStat ?? 'http.',
  });
  if (value === undefined || context.diagnostics.errorCount > before) return undefined;
  return { type: config.$type, compiled: { records: writeRecord('ExtensionConfig', { config: value }) } };
}

/** envoy.config.route.v3.ScopedRouteConfiguration of a management server; undefined after reporting errors. */
export function scopePayload(
  scope: Message,
  path: Path,
  { diagnostics }: CompileContext,
): ScopePayload | undefined {
  const table = text(scope, 'route_configuration_name');
  if (table !== '') return { key: scopeKey(scope), table, onDemand: flag(scope, 'on_demand') };
  diagnostics.error([...path, 'route_configuration_name'], 'rule', 'route_configuration_name is empty', {
    expected: 'the name of a route table',
  });
  return undefined;
}

/** Undefined after reporting errors. */
export function listenerPayload(
  listener: Message,
  path: Path,
  context: CompileContext,
): ListenerPayload<Compiled> | undefined {
  const tls = new TlsContexts(context.diagnostics, readFile, context.checkTls);
  const compiled = compileListener(listener, {
    ...surroundings(context),
    tls,
    path,
    terminal: terminalExtensions,
    implied: impliedExtension,
    connectionLimits: context.listenerLimits,
    secrets: context.secrets,
  });
  if (compiled === undefined) return undefined;
  const scopes = scopedRoutes(listener, context.origin);
  const filters = discoveredFilters(listener, listenerStatPrefix(listener), context.origin);
  const { records, identity } = compiled;
  return {
    compiled: { records },
    identity,
    addresses: bindSpecs(listener),
    routes: routeSources(listener, context.origin),
    statName: listenerStatPrefix(listener),
    ...(scopes.length > 0 ? { scopes } : {}),
    ...(filters.length > 0 ? { filters } : {}),
    ...(tls.list.length > 0 ? { tls: tls.list } : {}),
  };
}
