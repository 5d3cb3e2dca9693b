import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DescriptorPool } from '../api/descriptor.ts';
import { Diagnostics, type Path } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import type { Source } from '../api/locate.ts';
import type { Message } from '../api/message.ts';
import { Origins } from '../api/origins.ts';
import { renderAll } from '../api/render.ts';
import { checkDeprecated } from '../api/deprecated.ts';
import { checkSupport } from '../api/support_check.ts';
import { parseText } from '../api/text.ts';
import { upgrade } from '../api/upgrade.ts';
import { validate } from '../api/validate.ts';
import { child, messages, text } from '../tables/route_read.ts';
import { supportRegistry } from '../tables/support/registry.ts';
import {
  type CompileContext,
  type Compiled,
  clusterPayload,
  endpointsPayload,
  listenerPayload,
  routePayload,
  wireBytes,
} from './compile.ts';
import { bootstrapSettings } from './extract.ts';
import { mergeOver } from './merge.ts';
import type { ConfigInput, Finding, LoadedBootstrap, LoadedDiscovery, LoadOptions, UnknownFields } from './messages.ts';
import type { ClusterPayload, ListenerPayload } from './payload.ts';
import { checkBootstrapReferences } from './references.ts';
import { type Resource, TYPE } from './resource_map.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const DISCOVERY = 'envoy.service.discovery.v3.DiscoveryResponse';
const YAML_TEXT = '<config-yaml>';

const hashOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64');

/** What a text becomes: read, upgraded, decoded, valid and supported; and how to show what was found. */
class Reading {
  readonly pool = DescriptorPool.load();
  readonly diagnostics = new Diagnostics();
  readonly origins = new Origins();
  readonly sources: Source[] = [];
  #root: unknown;

  parse(file: string, content: string): unknown {
    this.sources.push({ name: file, text: content });
    return parseText(content, file, this.diagnostics);
  }

  /** Undefined after errors. */
  decode(type: string, value: unknown, file: string, unknown: UnknownFields): Message | undefined {
    const { pool, diagnostics, origins } = this;
    this.#root = upgrade(type, value, { pool, diagnostics, origins, file });
    if (diagnostics.hasErrors) return undefined;
    const message = decodeJson(pool, type, this.#root, {
      diagnostics,
      path: [],
      unknownFields: unknown,
    });
    validate(pool, message, [], diagnostics);
    checkSupport(pool, supportRegistry(), message, [], diagnostics);
    checkDeprecated(pool, message, [], diagnostics);
    return diagnostics.hasErrors ? undefined : message;
  }

  async findings(skipDeprecated: boolean): Promise<Finding[]> {
    const { sources, origins } = this;
    const list = this.diagnostics.list.filter(
      (d) => !skipDeprecated || d.severity === 'error' || d.code !== 'deprecated',
    );
    return await renderAll(list, { sources, origins, root: this.#root });
  }
}

function readInput(path: string): string {
  return readFileSync(path === '-' ? 0 : path, 'utf8');
}

function resource<P>(pool: DescriptorPool, message: Message, name: string, payload: P): Resource<P> {
  const bytes = wireBytes(pool, message);
  return { name, hash: hashOf(bytes), bytes, payload };
}

function compileBootstrap(reading: Reading, bootstrap: Message, options: LoadOptions): LoadedBootstrap<Compiled>['result'] {
  const { pool, diagnostics } = reading;
  const fixed = child(bootstrap, 'static_resources');
  const settings = bootstrapSettings(bootstrap, options);
  const clusterMessages = fixed === undefined ? [] : messages(fixed, 'clusters');
  const names = new Set(clusterMessages.map((cluster) => text(cluster, 'name')));
  checkBootstrapReferences(bootstrap, diagnostics);
  // With clusters from elsewhere nobody knows yet which there will be.
  const context: CompileContext = { pool, diagnostics, ...(settings.cds === undefined ? { clusters: names } : {}) };
  const clusters: Resource<ClusterPayload<Compiled>>[] = clusterMessages.map((cluster) =>
    resource(pool, cluster, text(cluster, 'name'), clusterPayload(cluster)),
  );
  const listeners: Resource<ListenerPayload<Compiled>>[] = [];
  (fixed === undefined ? [] : messages(fixed, 'listeners')).forEach((listener, i) => {
    const payload = listenerPayload(listener, ['static_resources', 'listeners', i], context);
    if (payload === undefined) return;
    const bytes = wireBytes(pool, listener);
    // Envoy gives a listener without a name one of its own.
    listeners.push({ name: text(listener, 'name') || hashOf(bytes).slice(0, 22), hash: hashOf(bytes), bytes, payload });
  });
  if (diagnostics.hasErrors) return undefined;
  return { bytes: wireBytes(pool, bootstrap), settings, clusters, listeners };
}

/** Reads, checks and compiles the configuration of a process. Never throws for what a text says. */
export async function loadBootstrap(input: ConfigInput, options: LoadOptions): Promise<LoadedBootstrap<Compiled>> {
  const reading = new Reading();
  const { diagnostics, origins } = reading;
  const file = input.path === '-' ? '<stdin>' : input.path;
  let value: unknown = {};
  if (input.path !== '' || input.text !== undefined) {
    let content: string;
    try {
      content = input.text ?? readInput(input.path);
    } catch (error) {
      const message = `cannot read the configuration: ${(error as Error).message}`;
      const text_ = `${file}: error: ${message}`;
      return { findings: [{ severity: 'error', text: text_, json: { file, severity: 'error', code: 'file', message } }] };
    }
    value = reading.parse(file, content);
  }
  if (input.yaml !== '') {
    const over = reading.parse(YAML_TEXT, input.yaml);
    if (!diagnostics.hasErrors) value = mergeOver(value, over, origins, YAML_TEXT);
  }
  if (diagnostics.hasErrors) return { findings: await reading.findings(options.skipDeprecated) };
  const bootstrap = reading.decode(BOOTSTRAP, value, file || YAML_TEXT, options.unknownStatic);
  const result = bootstrap === undefined ? undefined : compileBootstrap(reading, bootstrap, options);
  const findings = await reading.findings(options.skipDeprecated);
  return result === undefined ? { findings } : { findings, result };
}

/** One resource of a discovery file: its name and payload; undefined after reporting errors. */
function discovered(typeUrl: string, message: Message, path: Path, context: CompileContext): Resource<unknown> | undefined {
  const { pool } = context;
  switch (typeUrl) {
    case TYPE.cluster:
      return resource(pool, message, text(message, 'name'), clusterPayload(message));
    case TYPE.endpoints: {
      const name = text(message, 'cluster_name');
      return resource(pool, message, name, endpointsPayload(name, message));
    }
    case TYPE.route: {
      const payload = routePayload(message, path, context);
      return payload && resource(pool, message, text(message, 'name'), payload);
    }
    default: {
      const payload = listenerPayload(message, path, context);
      return payload && resource(pool, message, text(message, 'name'), payload);
    }
  }
}

/** Reads a discovery file (a DiscoveryResponse as YAML or JSON). */
export async function loadDiscovery(typeUrl: string, path: string, options: LoadOptions): Promise<LoadedDiscovery> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    return { file: { kind: 'unreadable', details: (error as Error).message }, warnings: [], unknownFields: 0 };
  }
  const reading = new Reading();
  const { pool, diagnostics } = reading;
  const value = reading.parse(path, content);
  const response = diagnostics.hasErrors
    ? undefined
    : reading.decode(DISCOVERY, value, path, options.unknownDynamic);
  const resources: Resource<unknown>[] = [];
  const failures: { name: string; details: string }[] = [];
  (response === undefined ? [] : messages(response, 'resources')).forEach((any, i) => {
    const message = child(any, '$decoded');
    const at = ['resources', i];
    if (message === undefined || text(any, 'type_url') !== typeUrl) {
      diagnostics.error(at, 'type', `a resource of ${text(any, 'type_url') || 'no type'}`, { expected: typeUrl });
      return;
    }
    const before = diagnostics.errorCount;
    const made = discovered(typeUrl, message, at, { pool, diagnostics });
    if (made !== undefined && diagnostics.errorCount === before) resources.push(made);
    else failures.push({ name: text(message, 'name') || text(message, 'cluster_name'), details: 'refused' });
  });
  const findings = await reading.findings(options.skipDeprecated);
  const warnings = findings.filter((f) => f.severity === 'warning').map((f) => f.text);
  const version = (response && text(response, 'version_info')) || '';
  if (!diagnostics.hasErrors) return { file: { kind: 'ok', version, resources }, warnings, unknownFields: 0 };
  const details = findings.filter((f) => f.severity === 'error').map((f) => f.text).join('\n');
  const located = failures.map((failure) => ({ ...failure, details }));
  return { file: { kind: 'rejected', version, details, failures: located }, warnings, unknownFields: 0 };
}
