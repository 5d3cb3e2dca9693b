/**
 * Writes src/api/generated/types.ts: TypeScript types of decoded messages, for the code that reads them.
 * `--check` only compares and exits with 1 when the file is out of date.
 */
import { DescriptorPool, type EnumDesc, type FieldDesc, type MessageDesc } from '../src/api/descriptor.ts';
import { nameAll, packageOf } from './api_names.ts';
import { writeGenerated } from './generated_file.ts';

/** The messages that code reads, with everything they reach in the packages below. */
const ROOTS = [
  'envoy.config.bootstrap.v3.Bootstrap',
  'envoy.config.listener.v3.Listener',
  'envoy.config.route.v3.RouteConfiguration',
  'envoy.config.route.v3.ScopedRouteConfiguration',
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.endpoint.v3.ClusterLoadAssignment',
  'envoy.service.discovery.v3.DiscoveryRequest',
  'envoy.service.discovery.v3.DiscoveryResponse',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  'envoy.extensions.filters.http.router.v3.Router',
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  'envoy.extensions.access_loggers.file.v3.FileAccessLog',
  'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
  'envoy.extensions.access_loggers.stream.v3.StderrAccessLog',
  'envoy.extensions.clusters.dns.v3.DnsCluster',
  'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin',
  'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest',
  'envoy.extensions.load_balancing_policies.random.v3.Random',
];

/** Messages elsewhere are typed as Message only. */
const PACKAGES = [
  /^envoy\.config\.[a-z_]+\.v3$/,
  /^envoy\.type\./,
  /^envoy\.service\.discovery\.v3$/,
  /^envoy\.extensions\.filters\.network\.http_connection_manager\.v3$/,
  /^envoy\.extensions\.load_balancing_policies\.common\.v3$/,
  /^envoy\.extensions\.access_loggers\.(?:file|stream)\.v3$/,
  /^envoy\.extensions\.clusters\.(?:dns|common\.dns)\.v3$/,
  /^google\.protobuf$/,
  /^google\.rpc$/,
  /^xds\./,
];

const SCALARS: Readonly<Record<string, string>> = {
  double: 'number',
  float: 'number',
  int32: 'number',
  uint32: 'number',
  sint32: 'number',
  fixed32: 'number',
  sfixed32: 'number',
  int64: 'bigint',
  uint64: 'bigint',
  sint64: 'bigint',
  fixed64: 'bigint',
  sfixed64: 'bigint',
  bool: 'boolean',
  string: 'string',
  bytes: 'Uint8Array',
  enum: 'number',
};

/** Where the rule of nameAll() gives no good name. */
const NAMES: Readonly<Record<string, string>> = {
  'envoy.config.listener.v3.Filter': 'NetworkFilter',
  'envoy.config.cluster.v3.Filter': 'UpstreamNetworkFilter',
};

const ANY = 'google.protobuf.Any';
const NAME = /^[a-zA-Z_]\w*$/;

class Generator {
  readonly #messages = new Map<string, MessageDesc>();
  readonly #enums = new Map<string, EnumDesc>();
  readonly #names: ReadonlyMap<string, string>;

  constructor(pool: DescriptorPool) {
    for (const root of ROOTS) {
      const desc = pool.message(root);
      if (desc === undefined) throw new Error(`there is no message ${root}`);
      this.#reach(desc);
    }
    this.#messages.delete(ANY);
    this.#names = nameAll([...this.#messages.keys(), ...this.#enums.keys()], NAMES);
  }

  text(): string {
    const messages = [...this.#messages.values()].sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
    const enums = [...this.#enums.values()].sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
    return `${[
      "/** Types of decoded messages of Envoy's API: made by scripts/gen-api-types.ts, do not edit. */",
      "import type { AnyMessage, Message } from '../message.ts';",
      '',
      ...messages.flatMap((desc) => [...this.#message(desc), '']),
      ...enums.flatMap((desc) => [...this.#enum(desc), '']),
    ]
      .join('\n')
      .trimEnd()}\n`;
  }

  #reach(desc: MessageDesc): void {
    if (this.#messages.has(desc.fullName)) return;
    this.#messages.set(desc.fullName, desc);
    for (const field of desc.fields) {
      const item = field.map?.value ?? field;
      if (item.message !== undefined && this.#allowed(item.message.fullName)) this.#reach(item.message);
      if (item.enum !== undefined && this.#allowed(item.enum.fullName)) {
        this.#enums.set(item.enum.fullName, item.enum);
      }
    }
  }

  #allowed(fullName: string): boolean {
    return PACKAGES.some((pattern) => pattern.test(packageOf(fullName)));
  }

  #message(desc: MessageDesc): string[] {
    const lines = [`/** ${desc.fullName} */`, `export type ${this.#names.get(desc.fullName)} = {`];
    lines.push(`  readonly $type: '${desc.fullName}';`);
    for (const field of desc.fields) lines.push(...this.#field(field));
    return [...lines, '};'];
  }

  #field(field: FieldDesc): string[] {
    const notes = [
      field.deprecated ? '@deprecated' : '',
      field.oneof === undefined ? '' : `oneof ${field.oneof}`,
      this.#enumNote(field.map?.value ?? field),
    ].filter((note) => note !== '');
    const name = NAME.test(field.name) ? field.name : `'${field.name}'`;
    const doc = notes.length === 0 ? [] : [`  /** ${notes.join(', ')} */`];
    return [...doc, `  readonly ${name}?: ${this.#type(field)};`];
  }

  #enumNote(field: FieldDesc): string {
    const name = field.typeName === undefined ? undefined : this.#names.get(field.typeName);
    return field.type === 'enum' && name !== undefined ? `{@link ${name}}` : '';
  }

  #type(field: FieldDesc): string {
    if (field.map !== undefined) {
      return `ReadonlyMap<${this.#type(field.map.key)}, ${this.#type(field.map.value)}>`;
    }
    const single = field.type === 'message' ? this.#messageType(field) : (SCALARS[field.type] ?? '');
    return field.repeated ? `readonly ${single}[]` : single;
  }

  #messageType(field: FieldDesc): string {
    if (field.typeName === ANY) return 'AnyMessage';
    return this.#names.get(field.typeName ?? '') ?? 'Message';
  }

  #enum(desc: EnumDesc): string[] {
    const lines = [`/** ${desc.fullName} */`, `export const ${this.#names.get(desc.fullName)} = {`];
    for (const { name, number } of desc.values) lines.push(`  ${name}: ${number},`);
    return [...lines, '} as const;'];
  }
}

const text = new Generator(DescriptorPool.load()).text();
writeGenerated('src/api/generated/types.ts', text, 'scripts/gen-api-types.ts');
