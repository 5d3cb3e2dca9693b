/**
 * Writes src/xds-server/generated/envoy.ts: TypeScript types of the JSON of Envoy's messages, for programs that
 * write them. `--check` only compares and exits with 1 when the file is out of date.
 */
import { DescriptorPool, type EnumDesc, type FieldDesc, type MessageDesc } from '../src/api/descriptor.ts';
import { isWrapper } from '../src/api/well_known.ts';
import { nameAll } from './api_names.ts';
import { writeGenerated } from './generated_file.ts';

/** What everything else is reached from, besides the extensions. */
const ROOTS = [
  'envoy.config.bootstrap.v3.Bootstrap',
  'envoy.config.listener.v3.Listener',
  'envoy.config.route.v3.RouteConfiguration',
  'envoy.config.route.v3.ScopedRouteConfiguration',
  'envoy.config.route.v3.VirtualHost',
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.endpoint.v3.ClusterLoadAssignment',
  'envoy.config.core.v3.TypedExtensionConfig',
  'envoy.extensions.transport_sockets.tls.v3.Secret',
  'envoy.service.runtime.v3.Runtime',
];

/** What may be in an Any: the messages of extensions that no other message holds, and these. */
const EXTENSION = /^envoy\.extensions\..*\.v3\.[A-Z]\w*$/;
const MORE_CONFIGS = [
  'envoy.config.accesslog.v3.AccessLogFilter',
  'envoy.config.route.v3.FilterConfig',
  'envoy.config.trace.v3.OpenTelemetryConfig',
  'envoy.config.trace.v3.ZipkinConfig',
  'envoy.config.trace.v3.DatadogConfig',
  'envoy.config.metrics.v3.StatsdSink',
  'envoy.config.metrics.v3.DogStatsdSink',
  'envoy.config.metrics.v3.MetricsServiceConfig',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  'udpa.type.v1.TypedStruct',
  'xds.type.v3.TypedStruct',
];

const NAMES: Readonly<Record<string, string>> = {
  'envoy.config.listener.v3.Filter': 'NetworkFilter',
  'envoy.config.cluster.v3.Filter': 'UpstreamNetworkFilter',
  'envoy.extensions.filters.http.router.v3.Router': 'Router',
};

/** google.protobuf's messages that JSON has a form for. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'google.protobuf.Any': 'Any',
  'google.protobuf.Duration': 'DurationText',
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Struct': 'Plain',
  'google.protobuf.Value': 'unknown',
  'google.protobuf.ListValue': 'readonly unknown[]',
  'google.protobuf.Empty': '{}',
};

const SCALARS: Readonly<Record<string, string>> = {
  double: 'number',
  float: 'number',
  int32: 'number',
  uint32: 'number',
  sint32: 'number',
  fixed32: 'number',
  sfixed32: 'number',
  int64: 'Integer64',
  uint64: 'Integer64',
  sint64: 'Integer64',
  fixed64: 'Integer64',
  sfixed64: 'Integer64',
  bool: 'boolean',
  string: 'string',
  bytes: 'Base64',
};

const HEAD = `/** The JSON of Envoy's messages, in the spelling of its .proto files: made by scripts/gen-json-types.ts, do not edit. */

/** Seconds: \`"1.5s"\`. */
export type DurationText = \`\${number}s\`;
/** An integer of 64 bits: in quotes above 2^53. */
export type Integer64 = number | string;
/** Bytes. */
export type Base64 = string;
export type Plain = { readonly [key: string]: unknown };

declare const other: unique symbol;
/** Of a type that is not in this file: made by \`any()\`. */
export type OtherAny = { readonly '@type': string; readonly [other]: true };
`;

const typeField = (fullName: string): string => `readonly '@type': 'type.googleapis.com/${fullName}';`;

class Generator {
  readonly #pool: DescriptorPool;
  readonly #messages = new Map<string, MessageDesc>();
  readonly #enums = new Map<string, EnumDesc>();
  /** Held by a field of another message. */
  readonly #held = new Set<string>();
  readonly #configs: readonly string[];
  readonly #names: ReadonlyMap<string, string>;

  constructor(pool: DescriptorPool) {
    this.#pool = pool;
    const extensions = [...pool.messageNames()].filter((name) => EXTENSION.test(name));
    for (const name of [...ROOTS, ...extensions, ...MORE_CONFIGS]) this.#reach(name);
    const alone = extensions.filter((name) => !this.#held.has(name));
    this.#configs = [...new Set([...alone, ...MORE_CONFIGS])].sort();
    const given = Object.fromEntries(ROOTS.map((name) => [name, name.slice(name.lastIndexOf('.') + 1)]));
    this.#names = nameAll([...this.#messages.keys(), ...this.#enums.keys()], { ...given, ...NAMES });
  }

  text(): string {
    const messages = [...this.#messages.values()].sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
    const enums = [...this.#enums.values()].sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
    const held = this.#configs.filter((fullName) => this.#held.has(fullName));
    const typed = held.map((fullName) => {
      const name = this.#names.get(fullName);
      return `interface Typed${name} extends ${name} { ${typeField(fullName)} }`;
    });
    const union = this.#configs.map(
      (each) => `  | ${held.includes(each) ? 'Typed' : ''}${this.#names.get(each)}`,
    );
    return `${[
      HEAD,
      '/** A message of any type, with its type in it. */',
      'export type Any =',
      ...union,
      '  | OtherAny;',
      '',
      ...typed,
      '',
      ...messages.flatMap((desc) => [...this.#message(desc), '']),
      ...enums.flatMap((desc) => [...this.#enum(desc), '']),
    ]
      .join('\n')
      .trimEnd()}\n`;
  }

  #reach(fullName: string): void {
    if (this.#messages.has(fullName)) return;
    const desc = this.#pool.message(fullName);
    if (desc === undefined) throw new Error(`there is no message ${fullName}`);
    this.#messages.set(fullName, desc);
    for (const field of desc.fields) {
      const item = field.map?.value ?? field;
      if (item.enum !== undefined && item.typeName !== 'google.protobuf.NullValue')
        this.#enums.set(item.enum.fullName, item.enum);
      const name = item.message?.fullName;
      if (name === undefined || name in WELL_KNOWN || isWrapper(name)) continue;
      if (name !== fullName) this.#held.add(name);
      this.#reach(name);
    }
  }

  #message(desc: MessageDesc): string[] {
    const fields = desc.fields.flatMap((field) => this.#field(field));
    const deprecated = desc.deprecated ? ' @deprecated' : '';
    const head = [
      `/** ${desc.fullName}${deprecated} */`,
      `export interface ${this.#names.get(desc.fullName)} {`,
    ];
    // What stands only in an Any has its type in it: one flat union of interfaces is what compilers check fastest.
    const alone = this.#configs.includes(desc.fullName) && !this.#held.has(desc.fullName);
    return [...head, ...(alone ? [`  ${typeField(desc.fullName)}`] : []), ...fields, '}'];
  }

  #field(field: FieldDesc): string[] {
    const notes = [
      field.deprecated ? '@deprecated' : '',
      field.oneof === undefined ? '' : `oneof ${field.oneof}`,
    ];
    const said = notes.filter((note) => note !== '').join(', ');
    const doc = said === '' ? [] : [`  /** ${said} */`];
    return [...doc, `  readonly ${field.name}?: ${this.#type(field)};`];
  }

  #type(field: FieldDesc): string {
    if (field.map !== undefined) return `{ readonly [key: string]: ${this.#single(field.map.value)} }`;
    const single = this.#single(field);
    if (!field.repeated) return single;
    return single.startsWith('readonly ') ? `readonly (${single})[]` : `readonly ${single}[]`;
  }

  #single(field: FieldDesc): string {
    const { type, typeName = '' } = field;
    if (type === 'enum') return this.#names.get(typeName) ?? 'null';
    if (type !== 'message') return SCALARS[type] ?? '';
    if (isWrapper(typeName)) {
      const value = field.message?.field('value');
      return value === undefined ? 'unknown' : this.#single(value);
    }
    return WELL_KNOWN[typeName] ?? this.#names.get(typeName) ?? 'Plain';
  }

  #enum(desc: EnumDesc): string[] {
    const values = desc.values.map(({ name }) => `'${name}'`).join(' | ');
    return [`/** ${desc.fullName} */`, `export type ${this.#names.get(desc.fullName)} = ${values};`];
  }
}

const text = new Generator(DescriptorPool.load()).text();
writeGenerated('src/xds-server/generated/envoy.ts', text, 'scripts/gen-json-types.ts');
