import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Diagnostics, type Path } from '../api/diagnostics.ts';
import { type Message, typeNameOf } from '../api/message.ts';
import { encodeWire } from '../api/wire.ts';
import { WireEncoder } from '../api/wire_encode.ts';
import { checkAssignment, checkCluster } from '../tables/cluster_checks.ts';
import { unknownSelf } from '../tables/config_source.ts';
import { child, has, messages, text } from '../tables/route_read.ts';
import { checkBind } from '../tables/upstream_bind.ts';
import {
  type CompileContext,
  type Compiled,
  clusterPayload,
  endpointsPayload,
  extensionPayload,
  listenerPayload,
  routePayload,
  scopePayload,
} from './compile.ts';
import { checkAuthorities } from './authorities.ts';
import { bootstrapSettings } from './extract.ts';
import { channelMessage } from './google_channel.ts';
import { localitySources } from './locality_source.ts';
import type {
  BootstrapSettings,
  ConfigInput,
  LoadedBootstrap,
  LoadedDiscovery,
  LoadOptions,
} from './messages.ts';
import type { ClusterPayload, ConfigSource, ListenerPayload, ServerSettings } from './payload.ts';
import { peerMetadata } from './peer_metadata.ts';
import { Reading } from './reading.ts';
import { secretPayload } from '../tls/secrets.ts';
import { ENVOY_VERSION } from '../version.ts';
import { runtimeValues, unknownLiveKeys } from './runtime.ts';
import { checkTls } from './tls_check.ts';
import { checkBootstrapReferences, checkServers } from './references.ts';
import { type Resource, TYPE } from './resource_map.ts';
import type { Failure } from './subscription.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const DISCOVERY = 'envoy.service.discovery.v3.DiscoveryResponse';
const WRAPPER = 'envoy.service.discovery.v3.Resource';
const YAML_TEXT = '<config-yaml>';
/** Of library users who give the configuration as an object. */
const OBJECT_TEXT = '<configuration>';

export const hashOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64');

/** `bytesOf`: the bytes of a resource's message, which may be a part of what is written anyway. */
export type LoadContext = CompileContext & {
  readonly bytesOf: (message: Message) => Uint8Array;
};

function resource<P>(context: LoadContext, message: Message, name: string, payload: P): Resource<P> {
  const bytes = context.bytesOf(message);
  return { name, hash: hashOf(bytes), bytes, payload };
}

/** As Envoy: what a subscription reads must be there when the subscription is made. */
function checkSource(source: ConfigSource | undefined, path: Path, context: LoadContext): void {
  const { diagnostics, ads } = context;
  if (source === undefined) return;
  if ('path' in source) {
    if (!existsSync(source.path)) diagnostics.error(path, 'file', `the file ${source.path} does not exist`);
  } else if ('api' in source) checkChannel(source.api, [...path, 'api_config_source'], context);
  else if (ads === undefined)
    diagnostics.error([...path, 'ads'], 'source', 'the bootstrap has no dynamic_resources.ads_config');
}

/** Whether the certificates of a server that is named by google_grpc can be used. */
function checkChannel(server: ServerSettings | undefined, path: Path, context: LoadContext): void {
  if (server?.channel?.ssl === undefined) return;
  const own = new Diagnostics();
  clusterPayload(channelMessage(server.channel), [], { ...context, diagnostics: own });
  const fault = own.list.find(({ severity }) => severity === 'error');
  if (fault === undefined) return;
  const at = [...path, 'grpc_services', 0, 'google_grpc', 'channel_credentials', 'ssl_credentials'];
  context.diagnostics.error(at, fault.code, fault.message);
}

/** A cluster and what it refers to; undefined after reporting errors. */
function cluster(message: Message, path: Path, context: LoadContext): Resource<ClusterPayload<Compiled>> {
  checkCluster(message, path, context.diagnostics);
  const payload = clusterPayload(message, path, context);
  const { discovery } = payload;
  if (discovery.kind === 'eds') {
    const at = [...path, 'eds_cluster_config', 'eds_config'];
    const eds = child(message, 'eds_cluster_config');
    if (discovery.source === undefined && eds !== undefined && has(eds, 'eds_config'))
      unknownSelf(at, context.diagnostics);
    checkSource(discovery.source, at, context);
  }
  return resource(context, message, text(message, 'name'), payload);
}

function listener(
  message: Message,
  path: Path,
  context: LoadContext,
): Resource<ListenerPayload<Compiled>> | undefined {
  const payload = listenerPayload(message, path, context);
  if (payload === undefined) return undefined;
  for (const { source } of payload.routes) checkSource(source, [...path, 'filter_chains'], context);
  for (const { source, rds } of payload.scopes ?? [])
    for (const each of [source, rds]) checkSource(each, [...path, 'filter_chains'], context);
  for (const { source } of payload.filters ?? []) checkSource(source, [...path, 'filter_chains'], context);
  const made = resource(context, message, text(message, 'name'), payload);
  // Envoy gives a listener without a name one of its own; here it stays the same as long as the content does.
  return made.name === '' ? { ...made, name: made.hash.slice(0, 22) } : made;
}

function compileBootstrap(
  reading: Reading,
  bootstrap: Message,
  options: LoadOptions,
): LoadedBootstrap<Compiled>['result'] {
  const { pool, diagnostics } = reading;
  const fixed = child(bootstrap, 'static_resources');
  const settings = bootstrapSettings(bootstrap, options);
  checkBootstrapReferences(bootstrap, diagnostics);
  const clusterMessages = fixed === undefined ? [] : messages(fixed, 'clusters');
  const listenerMessages = fixed === undefined ? [] : messages(fixed, 'listeners');
  const names = new Set(clusterMessages.map((message) => text(message, 'name')));
  // Written once: the resources' own bytes are parts of the bootstrap's.
  const encoder = new WireEncoder(pool, new Set([...clusterMessages, ...listenerMessages]));
  const bytes = encoder.encode(bootstrap);
  const context: LoadContext = {
    pool,
    diagnostics,
    listenerLimits: settings.connectionLimits?.listeners,
    bind: settings.bind,
    secrets: settings.secrets,
    checkTls,
    ads: settings.ads?.kind,
    bytesOf: (message) => encoder.partOf(message, bytes),
    // With clusters from elsewhere nobody knows yet which there will be.
    ...(settings.cds === undefined ? { clusters: names } : {}),
  };
  checkSource(settings.cds, ['dynamic_resources', 'cds_config'], context);
  for (const [i, { rtds }] of (settings.runtime ?? []).entries())
    checkSource(rtds?.source, ['layered_runtime', 'layers', i, 'rtds_layer', 'rtds_config'], context);
  checkSource(settings.lds, ['dynamic_resources', 'lds_config'], context);
  checkServers(bootstrap, names, diagnostics);
  checkChannel(settings.ads, ['dynamic_resources', 'ads_config'], context);
  checkChannel(settings.loadStats, ['cluster_manager', 'load_stats_config'], context);
  for (const [i, { server, names: own }] of (settings.authorities ?? []).entries()) {
    const path: Path = own.length === 0 ? ['default_config_source'] : ['config_sources', i];
    checkChannel(server, [...path, 'api_config_source'], context);
  }
  checkAuthorities(bootstrap, settings, settings.ads?.kind, diagnostics);
  checkBind(settings.bind, ['cluster_manager', 'upstream_bind_config'], diagnostics);
  const at = (field: string, i: number): Path => ['static_resources', field, i];
  for (const [i, message] of (settings.secrets ?? []).entries())
    discovered(TYPE.secret, message, at('secrets', i), { ...context, bytesOf: () => new Uint8Array() });
  const clusters = clusterMessages.map((message, i) => cluster(message, at('clusters', i), context));
  const listeners = listenerMessages.flatMap((message, i) => {
    const made = listener(message, at('listeners', i), context);
    return made === undefined ? [] : [made];
  });
  if (diagnostics.hasErrors) return undefined;
  const nodeMessage = new WireEncoder(pool).encode(nodeOf(bootstrap, settings));
  const told = peerMetadata(pool, child(bootstrap, 'node'), settings.node.id);
  return { bytes, settings: { ...settings, nodeMessage, peerMetadata: told }, clusters, listeners };
}

/** What management servers are told of this process (envoy.config.core.v3.Node). */
function nodeOf(bootstrap: Message, { node: { id, cluster: service, zone } }: BootstrapSettings): Message {
  const $type = 'envoy.config.core.v3.Node';
  const given = child(bootstrap, 'node') ?? { $type };
  const [major = 0, minor = 0, patch = 0] = ENVOY_VERSION.split('.').map(Number);
  const locality = child(given, 'locality');
  return {
    ...given,
    id,
    cluster: service,
    ...(zone === ''
      ? {}
      : { locality: { ...(locality ?? { $type: 'envoy.config.core.v3.Locality' }), zone } }),
    user_agent_name: 'envoy',
    user_agent_build_version: {
      $type: 'envoy.config.core.v3.BuildVersion',
      version: {
        $type: 'envoy.type.v3.SemanticVersion',
        major_number: major,
        minor_number: minor,
        patch,
      },
    },
  };
}

/** The name that a text has in findings. */
const inputName = ({ path, text: given }: ConfigInput): string =>
  path === '-' ? '<stdin>' : path || (given === undefined ? YAML_TEXT : OBJECT_TEXT);

/** Reads, checks and compiles the configuration of a process. Never throws for what a text says. */
export async function loadBootstrap(
  input: ConfigInput,
  options: LoadOptions,
): Promise<LoadedBootstrap<Compiled>> {
  const reading = new Reading(options.skipDeprecated);
  const { diagnostics } = reading;
  const file = inputName(input);
  let value: unknown = {};
  if (input.path !== '' || input.text !== undefined) {
    let content: string;
    try {
      content = input.text ?? readFileSync(input.path, 'utf8');
    } catch (error) {
      return unreadable(file, (error as Error).message);
    }
    value = reading.parse(file, content);
  }
  if (input.yaml !== '') {
    const over = reading.parse(YAML_TEXT, input.yaml);
    if (!diagnostics.hasErrors) value = reading.merge(value, over, YAML_TEXT);
  }
  if (diagnostics.hasErrors) return { findings: await reading.findings() };
  const bootstrap = reading.decode(BOOTSTRAP, value, file, options.unknownStatic);
  const result = diagnostics.hasErrors ? undefined : compileBootstrap(reading, bootstrap, options);
  const findings = await reading.findings();
  const { unknownFields } = reading;
  return result === undefined ? { findings, unknownFields } : { findings, unknownFields, result };
}

function unreadable(file: string, reason: string): LoadedBootstrap<Compiled> {
  const message = `cannot read the configuration: ${reason}`;
  const json = { file, severity: 'error', code: 'file', message };
  return { findings: [{ severity: 'error', text: `${file}: error: ${message}`, json }] };
}

/** One resource of any type; undefined after reporting errors. */
export function discovered(
  typeUrl: string,
  message: Message,
  path: Path,
  context: LoadContext,
): Resource<unknown> | undefined {
  switch (typeUrl) {
    case TYPE.cluster:
      return cluster(message, path, context);
    case TYPE.listener:
      return listener(message, path, context);
    case TYPE.endpoints: {
      const name = text(message, 'cluster_name');
      checkAssignment(message, path, context.diagnostics);
      const leds = localitySources(message, path, context);
      return resource(context, message, name, endpointsPayload(name, message, leds));
    }
    case TYPE.secret: {
      const { diagnostics, origin, checkTls: check } = context;
      const read = (file: string): Uint8Array => readFileSync(file);
      const payload = secretPayload(message, path, { diagnostics, origin, env: process.env, check, read });
      return payload && resource(context, message, text(message, 'name'), payload);
    }
    case TYPE.scopedRoute: {
      const payload = scopePayload(message, path, context);
      return payload && resource(context, message, text(message, 'name'), payload);
    }
    case TYPE.extension: {
      const payload = extensionPayload(message, path, context);
      return payload && resource(context, message, text(message, 'name'), payload);
    }
    case TYPE.runtime: {
      const values = runtimeValues(message);
      for (const key of unknownLiveKeys(values))
        context.diagnostics.error(
          [...path, 'layer', key],
          'unsupported',
          `the runtime key ${key} is not supported by attache yet`,
        );
      return resource(context, message, text(message, 'name'), { values });
    }
    default: {
      const payload = routePayload(message, path, context);
      return payload && resource(context, message, text(message, 'name'), payload);
    }
  }
}

export const nameOf = (message: Message): string => text(message, 'name') || text(message, 'cluster_name');

/** The resource in an Any, out of its wrapper if it has one. */
export function unwrap(any: Message, path: Path): { message: Message | undefined; type: string; path: Path } {
  const message = child(any, '$decoded');
  if (message?.$type !== WRAPPER) return { message, type: text(any, 'type_url'), path };
  const inner = child(message, 'resource');
  const at = [...path, 'resource'];
  return {
    message: inner && child(inner, '$decoded'),
    type: inner === undefined ? '' : text(inner, 'type_url'),
    path: at,
  };
}

/** Compiles the resources of a response that was decoded without errors; reports what is wrong. */
function compileResponse(
  typeUrl: string,
  response: Message,
  reading: Reading,
  { listenerLimits, origin, ads, bind, secrets }: LoadOptions,
): Resource<unknown>[] {
  const { pool, diagnostics } = reading;
  const names = new Set<string>();
  const bytesOf = (message: Message): Uint8Array => encodeWire(pool, message);
  const context: LoadContext = {
    ...{ pool, diagnostics, listenerLimits, origin, checkTls, ads, bind, secrets, bytesOf },
  };
  return messages(response, 'resources').flatMap((any, i) => {
    const { message, type, path } = unwrap(any, ['resources', i]);
    if (message === undefined || typeNameOf(type) !== typeNameOf(typeUrl)) {
      diagnostics.error(path, 'type', `a resource of the type ${typeNameOf(type) || '(none)'}`, {
        expected: typeNameOf(typeUrl),
      });
      return [];
    }
    const made = discovered(typeUrl, message, path, context);
    if (made === undefined) return [];
    if (names.has(made.name))
      diagnostics.error(path, 'duplicate', `a second resource of the name '${made.name}'`);
    names.add(made.name);
    return [made];
  });
}

/** The resources that have errors, each with its own; what is wrong beside them comes without a name. */
async function failures(response: Message | undefined, reading: Reading): Promise<Failure[]> {
  const byIndex = new Map<number, Failure>();
  const errors = reading.diagnostics.list.filter((d) => d.severity === 'error');
  const resources = response === undefined ? [] : messages(response, 'resources');
  for (const index of new Set(errors.map(({ path }) => (path[0] === 'resources' ? Number(path[1]) : -1)))) {
    const own = await reading.findings(
      ({ severity, path }) =>
        severity === 'error' &&
        (index < 0 ? path[0] !== 'resources' : path[0] === 'resources' && path[1] === index),
    );
    const details = own.map((finding) => finding.text).join('\n');
    const any = index < 0 ? undefined : resources[index];
    const { message } = any === undefined ? { message: undefined } : unwrap(any, []);
    const name = message === undefined ? '' : nameOf(message);
    byIndex.set(index, {
      details,
      ...(name === '' ? {} : { name }),
      ...(message === undefined ? {} : { bytes: encodeWire(reading.pool, message) }),
    });
  }
  return [...byIndex.values()];
}

/** Reads a discovery file (a DiscoveryResponse as YAML or JSON). Never throws for what it says. */
export async function loadDiscovery(
  typeUrl: string,
  path: string,
  options: LoadOptions,
): Promise<LoadedDiscovery> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    return {
      file: { kind: 'unreadable', details: (error as Error).message },
      warnings: [],
      unknownFields: 0,
    };
  }
  const reading = new Reading(options.skipDeprecated);
  const { diagnostics } = reading;
  const value = reading.parse(path, content);
  const response = diagnostics.hasErrors
    ? undefined
    : reading.decode(DISCOVERY, value, path, options.unknownDynamic);
  const good = response !== undefined && !diagnostics.hasErrors;
  const resources = good ? compileResponse(typeUrl, response, reading, options) : [];
  const findings = await reading.findings();
  const warnings = findings.filter((f) => f.severity === 'warning').map((f) => f.text);
  const version = (response && text(response, 'version_info')) || '';
  const { unknownFields } = reading;
  if (!diagnostics.hasErrors) return { file: { kind: 'ok', version, resources }, warnings, unknownFields };
  const details = findings.filter((f) => f.severity === 'error').map((f) => f.text);
  return {
    file: {
      kind: 'rejected',
      version,
      details: details.join('\n'),
      failures: await failures(response, reading),
    },
    warnings,
    unknownFields,
  };
}
