import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
// @ts-expect-error plain JavaScript without types
import { makeIndex } from '../../scripts/build-api-index.mjs';
import { DescriptorPool, type FieldDesc, type MessageDesc } from '../../src/api/descriptor.ts';
import { DescriptorIndex } from '../../src/api/descriptor_index.ts';

const api = new URL('../../api/', import.meta.url);
const [source = ''] = readdirSync(api).filter((name) => name.endsWith('.binpb.gz'));
const index = makeIndex(readFileSync(new URL(source, api))) as string;
const open = (): DescriptorPool => new DescriptorPool(new DescriptorIndex(index));

function message(pool: DescriptorPool, name: string): MessageDesc {
  const desc = pool.message(name);
  if (desc === undefined) throw new Error(`no message ${name}`);
  return desc;
}

function field(pool: DescriptorPool, name: string): FieldDesc {
  const dot = name.lastIndexOf('.');
  const desc = message(pool, name.slice(0, dot)).field(name.slice(dot + 1));
  if (desc === undefined) throw new Error(`no field ${name}`);
  return desc;
}

/** Every message, nested ones too. */
function* everyMessage(pool: DescriptorPool): Generator<MessageDesc> {
  const visit = function* (name: string): Generator<MessageDesc> {
    const desc = message(pool, name);
    yield desc;
    for (const nested of desc.nestedNames) yield* visit(nested);
  };
  for (const name of pool.messageNames()) yield* visit(name);
}

t.test('the built index is that of the descriptors in the repository', async (t) => {
  const built = readFileSync(new URL('../../dist/api/descriptors.txt', import.meta.url), 'latin1');
  t.ok(built === index, 'else run scripts/build-api-index.mjs');
});

t.test('the generated types are those of the descriptors', async (t) => {
  const script = fileURLToPath(new URL('../../scripts/gen-api-types.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, '--check'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
  });
  t.equal(status, 0, stderr);
});

t.test('every message, enum and option of the API can be read', async (t) => {
  const pool = open();
  const seen = { messages: 0, fields: 0, rules: 0, maps: 0, sensitive: 0, deprecated: 0, presence: 0 };
  const unresolved: string[] = [];
  for (const desc of everyMessage(pool)) {
    seen.messages++;
    for (const each of desc.fields) {
      const where = `${desc.fullName}.${each.name}`;
      seen.fields++;
      if (each.rules !== undefined) seen.rules++;
      if (each.map !== undefined) seen.maps++;
      if (each.options.sensitive) seen.sensitive++;
      if (each.deprecated) seen.deprecated++;
      if (each.presence) seen.presence++;
      if (each.type === 'message' && each.map === undefined && each.message === undefined)
        unresolved.push(where);
      if (each.type === 'enum' && (each.enum?.values.length ?? 0) === 0) unresolved.push(where);
      if (desc.field(each.jsonName) !== each || desc.fieldByNumber(each.number) !== each)
        unresolved.push(where);
    }
  }
  t.same(unresolved, []);
  t.ok(seen.messages > 2200, `${seen.messages} messages`);
  t.ok(seen.rules > 1700, `${seen.rules} fields with rules`);
  t.ok(seen.maps > 80, `${seen.maps} maps`);
  t.ok(seen.sensitive > 20, `${seen.sensitive} sensitive fields`);
  t.ok(seen.deprecated > 150, `${seen.deprecated} deprecated fields`);
  t.ok(pool.loadedFiles.length > 700, `${pool.loadedFiles.length} files`);
});

t.test('kinds of fields', async (t) => {
  const pool = open();
  const cluster = 'envoy.config.cluster.v3.Cluster';
  t.match(field(pool, `${cluster}.name`), {
    name: 'name',
    number: 1,
    type: 'string',
    repeated: false,
    presence: false,
    oneof: undefined,
    map: undefined,
  });
  t.match(field(pool, `${cluster}.connect_timeout`), {
    jsonName: 'connectTimeout',
    type: 'message',
    typeName: 'google.protobuf.Duration',
    presence: true,
  });
  t.match(field(pool, `${cluster}.health_checks`), { repeated: true, packed: false, presence: false });
  t.match(field(pool, `${cluster}.type`), { type: 'enum', oneof: 'cluster_discovery_type', presence: true });
  t.equal(field(pool, `${cluster}.type`).enum?.byName('EDS'), 3);
  t.equal(field(pool, `${cluster}.type`).enum?.byNumber(2), 'LOGICAL_DNS');
  t.match(field(pool, `${cluster}.typed_extension_protocol_options`), {
    repeated: false,
    message: undefined,
    map: { key: { type: 'string' }, value: { typeName: 'google.protobuf.Any' } },
  });
  const statuses = 'envoy.config.route.v3.RetryPolicy.retriable_status_codes';
  t.match(field(pool, statuses), { type: 'uint32', repeated: true, packed: true });
  t.match(field(pool, 'google.protobuf.FileDescriptorProto.public_dependency'), {
    repeated: true,
    packed: false,
  });
  t.equal(field(pool, 'google.protobuf.FileDescriptorProto.name').presence, true, 'proto2');
});

t.test('`optional` of proto3 makes no oneof', async (t) => {
  const pool = open();
  let found = 0;
  for (const desc of everyMessage(pool)) {
    t.notOk(
      desc.oneofs.some((oneof) => oneof.name.startsWith('_')),
      desc.fullName,
    );
    found += desc.fields.filter((each) => each.presence && each.type !== 'message' && !each.oneof).length;
  }
  t.ok(found > 0);
});

t.test('oneofs and what they require', async (t) => {
  const pool = open();
  const [first, second] = message(pool, 'envoy.config.route.v3.RouteAction').oneofs;
  t.match(first, { name: 'cluster_specifier', required: true });
  t.match(second, { name: 'host_rewrite_specifier', required: false });
  t.ok(first?.fields.some(({ name }) => name === 'weighted_clusters'));
});

t.test('rules', async (t) => {
  const pool = open();
  t.same(field(pool, 'envoy.config.core.v3.SocketAddress.port_value').rules, { uint32: { lte: 65535 } });
  t.same(field(pool, 'envoy.config.route.v3.VirtualHost.domains').rules, {
    repeated: { min_items: 1n, items: { string: { well_known_regex: 2, strict: false } } },
  });
  t.same(field(pool, 'envoy.config.cluster.v3.Cluster.connect_timeout').rules, {
    duration: { gt: {} },
  });
  t.equal(field(pool, 'envoy.config.cluster.v3.Cluster.alt_stat_name').rules, undefined);
});

t.test('annotations', async (t) => {
  const pool = open();
  t.equal(field(pool, 'envoy.config.core.v3.DataSource.inline_string').options.sensitive, false);
  const key = 'envoy.extensions.transport_sockets.tls.v3.TlsCertificate.private_key';
  t.equal(field(pool, key).options.sensitive, true);
  const old = field(pool, 'envoy.config.cluster.v3.Cluster.http2_protocol_options');
  t.match(old, { deprecated: true, options: { deprecatedAtMinorVersion: '3.0' } });
  const source = message(pool, 'envoy.config.core.v3.ConfigSource');
  t.equal(source.field('path')?.options.deprecatedAtMinorVersion, '3.0');
  const type = pool.enum('envoy.config.core.v3.ApiConfigSource.ApiType');
  t.match(
    type?.values.find((value) => value.number === 0),
    { deprecated: true, disallowedByDefault: true },
  );
  const v2 = field(pool, 'envoy.api.v2.route.RouteAction.request_mirror_policy');
  t.equal(v2.deprecated, true);
  const renamed = field(pool, 'envoy.api.v2.route.RouteAction.host_rewrite');
  t.equal(renamed.options.migrateRename, 'host_rewrite_literal');
});

t.test('versions of messages lead to each other', async (t) => {
  const pool = open();
  t.equal(pool.nextVersionOf('envoy.api.v2.Cluster'), 'envoy.config.cluster.v3.Cluster');
  t.equal(
    pool.nextVersionOf('envoy.api.v2.route.RouteAction.HashPolicy.Header'),
    'envoy.config.route.v3.RouteAction.HashPolicy.Header',
  );
  t.equal(pool.nextVersionOf('envoy.config.cluster.v3.Cluster'), undefined);
  t.equal(pool.nextVersionOf('envoy.api.v2.Nothing'), undefined);
  t.equal(pool.nextVersionOf('nothing'), undefined);
  t.equal(message(pool, 'envoy.config.cluster.v3.Cluster').previousMessageType, 'envoy.api.v2.Cluster');
  let pairs = 0;
  for (const desc of everyMessage(pool)) {
    const { previousMessageType: previous, fullName } = desc;
    if (previous === undefined || pool.message(previous) === undefined) continue;
    pairs++;
    const next = pool.nextVersionOf(previous);
    const same = next !== undefined && message(pool, next).previousMessageType === previous;
    if (!same) t.fail(`${fullName} grew from ${previous}, which leads to ${next}`);
  }
  t.ok(pairs > 500, `${pairs} pairs`);
});

t.test('the next version is known without a descriptor', async (t) => {
  const pool = open();
  pool.nextVersionOf('envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager');
  t.same(pool.loadedFiles, []);
});

t.test('names that are not there', async (t) => {
  const pool = open();
  for (const name of ['', '.', 'a', 'envoy', 'envoy.api.v2', 'envoy.api.v2.', '.Cluster', 'Cluster']) {
    t.equal(pool.message(name), undefined, name);
    t.equal(pool.enum(name), undefined, name);
  }
  t.equal(pool.message('envoy.config.cluster.v3.Cluster.Nothing'), undefined);
  t.equal(pool.message('envoy.config.cluster.v3.Cluster.LbPolicy'), undefined, 'an enum');
  t.equal(pool.enum('envoy.config.cluster.v3.Cluster'), undefined, 'a message');
  t.equal(pool.message('envoy.config.cluster.v3.__proto__'), undefined);
});

t.test('a message is made once', async (t) => {
  const pool = open();
  const name = 'envoy.config.cluster.v3.Cluster.CommonLbConfig';
  t.equal(message(pool, name), message(pool, name));
  t.equal(field(pool, 'envoy.config.cluster.v3.Cluster.common_lb_config').message, message(pool, name));
});
