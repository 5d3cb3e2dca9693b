// What is traced of requests, through the real Envoy and through this proxy: spans, what hosts and clients are told,
// statistics. Skipped where Envoy's binary is absent.
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: tracing
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing: client_sampling random_sampling overall_sampling max_path_tag_length custom_tags provider spawn_upstream_span no_context_propagation
// observes: envoy.config.trace.v3.Tracing.Http: typed_config
// observes: envoy.config.trace.v3.ZipkinConfig: collector_cluster collector_endpoint collector_hostname collector_endpoint_version collector_service trace_id_128bit shared_span_context trace_context_option
// observes: envoy.config.core.v3.HttpService: http_uri
// observes: envoy.config.core.v3.HttpUri: uri cluster timeout
// observes: envoy.type.tracing.v3.CustomTag: metadata
// observes: envoy.type.tracing.v3.CustomTag.Metadata: default_value
// observes: envoy.config.route.v3.Decorator: operation propagate
// observes: envoy.config.route.v3.Route: decorator
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  header,
  type Json,
  listener,
  Origin,
  type Request,
  routes,
  sent,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

type Span = {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: string;
  readonly shared?: boolean;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: Fields;
  readonly annotations: readonly { readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
};
const CONTEXT = ['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled'];
const TOLD = [...CONTEXT, 'x-envoy-decorator-operation'];

/** Of a side: what hosts were told, by case, and the requests of spans with the spans. */
class Seen {
  readonly told = new Map<string, Record<string, string>>();
  readonly reports: Request[] = [];
  readonly collector = new Origin((request) => {
    this.reports.push(request);
    return answer('', '', '202 Accepted');
  });
  readonly origin = new Origin((request) => {
    const of = sent(request, 'x-case') ?? '';
    const headers = TOLD.flatMap((name) => {
      const value = sent(request, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    this.told.set(of, Object.fromEntries(headers));
    const name = sent(request, 'x-answer');
    const more = name === undefined ? '' : `x-envoy-decorator-operation: ${name}\r\n`;
    if (request.path === '/moved') return answer('', 'location: http://a.example/decorated\r\n', '302 Found');
    return answer('body', more, request.path.startsWith('/500') ? '500 Oh' : '200 OK');
  });

  get spans(): Span[] {
    return this.reports.flatMap(({ body }) => JSON.parse(body.toString()) as Span[]);
  }
  of(name: string): Span[] {
    return this.spans.filter(({ tags }) => tags.case === name);
  }
}
const seen = [new Seen(), new Seen()] as const;
for (const each of seen) {
  await each.collector.listen();
  await each.origin.listen();
}

const legacy: Fields = {
  collector_cluster: 'collector',
  collector_endpoint: '/api/v2/spans',
  collector_endpoint_version: 'HTTP_JSON',
};
const modern: Fields = {
  collector_service: {
    http_uri: { uri: 'http://zipkin.example:9411/spans?x=1', cluster: 'collector', timeout: '3s' },
  },
  collector_endpoint_version: 'HTTP_JSON',
};
const zipkin = (fields: Fields): Fields => ({
  name: 'envoy.tracers.zipkin',
  typed_config: { '@type': 'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig', ...fields },
});
const byHeader: Fields = { tag: 'case', request_header: { name: 'x-case' } };
const TAGS: Fields[] = [
  { tag: 'literal', literal: { value: 'text "quoted"' } },
  { tag: 'header', request_header: { name: 'x-of', default_value: 'none' } },
  { tag: 'never', request_header: { name: 'x-never' } },
  { tag: 'path', environment: { name: 'PATH' } },
  { tag: 'unset', environment: { name: 'ATTACHE_UNSET', default_value: 'default' } },
  {
    tag: 'metadata',
    metadata: {
      kind: { request: {} },
      metadata_key: { key: 'none', path: [{ key: 'a' }] },
      default_value: 'no metadata',
    },
  },
  {
    tag: 'nothing',
    metadata: { kind: { request: {} }, metadata_key: { key: 'none', path: [{ key: 'a' }] } },
  },
];
const percent = (value: number): Fields => ({ value });
/** Listeners by name: the direction, and what the manager traces. */
const LISTENERS: Readonly<Record<string, readonly [string, Fields]>> = {
  in: ['INBOUND', { provider: zipkin(legacy), custom_tags: [byHeader, ...TAGS] }],
  out: ['OUTBOUND', { provider: zipkin({ ...legacy, collector_hostname: 'named' }) }],
  spawn: ['OUTBOUND', { provider: zipkin(legacy), spawn_upstream_span: true }],
  mesh: [
    'INBOUND',
    {
      provider: zipkin({ ...modern, trace_id_128bit: true, shared_span_context: false }),
      spawn_upstream_span: true,
    },
  ],
  never: ['INBOUND', { provider: zipkin(legacy), random_sampling: percent(0) }],
  noClients: [
    'INBOUND',
    { provider: zipkin(legacy), random_sampling: percent(0), client_sampling: percent(0) },
  ],
  nobody: ['INBOUND', { provider: zipkin(legacy), overall_sampling: percent(0) }],
  short: ['UNSPECIFIED', { provider: zipkin(legacy), max_path_tag_length: 4 }],
  silent: ['OUTBOUND', { provider: zipkin(legacy), no_context_propagation: true, spawn_upstream_span: true }],
  bare: ['OUTBOUND', {}],
  bareIn: ['INBOUND', {}],
};
const decorated = (path: string, decorator: Fields): Fields => ({
  ...toCluster('origin', {}, { path }),
  decorator,
});
const TABLE: Json[] = [
  decorated('/decorated', { operation: 'named' }),
  decorated('/kept', { operation: 'kept', propagate: false }),
  { match: { path: '/direct' }, direct_response: { status: 204 } },
  { match: { path: '/redirect' }, redirect: { path_redirect: '/other' } },
  toCluster('dead', {}, { path: '/dead' }),
  toCluster('dead', { retry_policy: { retry_on: 'connect-failure', num_retries: 1 } }, { path: '/retried' }),
  toCluster('origin', { prefix_rewrite: '/rewritten' }, { path: '/rewrite' }),
  toCluster('origin', { internal_redirect_policy: {} }, { path: '/moved' }),
  toCluster('origin'),
];

const dir = folder();
let side = 0;
const sides = await bothSides(t, dir, Object.keys(LISTENERS), (admin, ports) => {
  const { origin, collector } = seen[side++] as Seen;
  return {
    node: { id: 'node', cluster: 'service', locality: { zone: 'zone' } },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: Object.entries(LISTENERS).map(([name, [traffic_direction, tracing]]) =>
        listener(
          name,
          ports[name] ?? 0,
          {
            stat_prefix: name,
            tracing: { custom_tags: [byHeader], ...tracing },
            route_config: routes(TABLE),
          },
          { traffic_direction },
        ),
      ),
      clusters: [
        cluster('collector', [collector.port]),
        { ...cluster('origin', [origin.port]), alt_stat_name: 'observed' },
        cluster('dead', [1]),
      ],
    },
  };
});
t.teardown(async () => {
  for (const each of seen) {
    await each.collector.close();
    await each.origin.close();
  }
  dir.remove();
});

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const ID = 'a2fb4a1d1a96d312';
const PARENT = '05e3ac9a4f6e3b90';
const B3 = `x-b3-traceid: ${TRACE}\r\nx-b3-spanid: ${ID}\r\n`;
const REQUEST_ID = '4683d062-e42c-431f-9a40-b6c8c9553e50';
const withReason = (reason: string): string => `x-request-id: ${REQUEST_ID.replace('-4', `-${reason}`)}\r\n`;

/** Listener, path, more headers, how many spans. */
const CASES: Readonly<Record<string, readonly [string, string, string, number]>> = {
  plain: ['in', '/a?q=1', 'user-agent: me\r\nx-of: "value"\r\n', 1],
  failed: ['in', '/500', '', 1],
  direct: ['in', '/direct', '', 1],
  redirected: ['in', '/redirect', '', 1],
  'redirected here': ['in', '/moved', '', 2],
  'redirected here, going': ['out', '/moved', '', 2],
  'redirected here, upstream': ['spawn', '/moved', '', 4],
  unreachable: ['in', '/dead', '', 1],
  rewritten: ['in', '/rewrite', '', 1],
  'a long path': ['short', '/0123456789', '', 1],
  call: ['in', '/s/m', 'content-type: application/grpc\r\ngrpc-timeout: 1S\r\n', 1],
  'named by the route': ['in', '/decorated', '', 1],
  'named by the route alone': ['in', '/kept', '', 1],
  'named by the client': ['in', '/decorated', 'x-envoy-decorator-operation: asked\r\n', 1],
  'named by nobody': ['in', '/', 'x-envoy-decorator-operation:\r\n', 1],
  going: ['out', '/', '', 1],
  'going, named by the route': ['out', '/decorated', '', 1],
  'going, named by the route alone': ['out', '/kept', '', 1],
  'going, named by the host': ['out', '/decorated', 'x-answer: answered\r\n', 1],
  'without a tracer': ['bare', '/decorated', 'x-answer: answered\r\n', 0],
  'without a tracer, coming': ['bareIn', '/decorated', B3, 0],
  upstream: ['spawn', '/', '', 2],
  'upstream, unreachable': ['spawn', '/dead', '', 2],
  'upstream, in vain': ['mesh', '/retried', '', 3],
  'upstream, failed': ['mesh', '/500', '', 2],
  'as istiod has it': ['mesh', '/decorated', '', 2],
  'nobody is told': ['silent', '/', B3, 2],
  'a parent': ['in', '/', `${B3}x-b3-parentspanid: ${PARENT}\r\n`, 1],
  'a parent, of 64 bits': ['in', '/', `x-b3-traceid: ${TRACE.slice(16)}\r\nx-b3-spanid: ${ID}\r\n`, 1],
  'a parent, going': ['out', '/', `${B3}x-b3-parentspanid: ${PARENT}\r\n`, 1],
  'a parent, not shared': ['mesh', '/', B3, 2],
  'a parent, upstream': ['spawn', '/', `${B3}x-b3-sampled: 1\r\n`, 2],
  'not sampled': ['in', '/', `${B3}x-b3-sampled: 0\r\n`, 0],
  'sampled, in words': ['never', '/', `${B3}x-b3-sampled: true\r\n`, 1],
  'sampled, said otherwise': ['in', '/', `${B3}x-b3-sampled: yes\r\n`, 0],
  'sampled, and nothing else': ['never', '/', 'x-b3-sampled: 1\r\n', 1],
  'a trace alone': ['in', '/', `x-b3-traceid: ${TRACE}\r\n`, 1],
  'no number': ['in', '/', `x-b3-traceid: xyz\r\nx-b3-spanid: ${ID}\r\n`, 0],
  'too long a number': ['in', '/', `x-b3-traceid: ${TRACE}00\r\nx-b3-spanid: ${ID}\r\n`, 0],
  'a short number': ['in', '/', 'x-b3-traceid: ABC\r\nx-b3-spanid: 12\r\n', 1],
  'in one header': ['in', '/', `b3: ${TRACE}-${ID}-1-${PARENT}\r\n`, 1],
  'in one header, not shared': ['mesh', '/', `b3: ${TRACE}-${ID}-d\r\n`, 2],
  'in one header, not sampled': ['in', '/', 'b3: 0\r\n', 0],
  'in one header, no number': ['in', '/', 'b3: none-of-it\r\n', 0],
  'not drawn': ['never', '/', '', 0],
  'not drawn, but forced': ['never', '/', 'x-envoy-force-trace: true\r\n', 0],
  'not drawn, but asked for': ['never', '/', 'x-client-trace-id: mine\r\n', 1],
  'asked for in vain': ['noClients', '/', 'x-client-trace-id: mine\r\n', 0],
  'drawn before': ['never', '/', withReason('9'), 1],
  'forced before': ['never', '/', withReason('a'), 1],
  'asked for before': ['never', '/', withReason('b'), 1],
  'not drawn before': ['in', '/', withReason('4'), 1],
  'an id of another kind': ['in', '/', 'x-request-id: 12345678-other\r\n', 1],
  'an id without a number': ['in', '/', 'x-request-id: other\r\n', 0],
  'of all none': ['nobody', '/', withReason('9'), 0],
};

/** Ids that the proxy has made, by the order in which they are first named; those of the request stay. */
function named(value: unknown): unknown {
  const names = new Map<string, string>();
  const known = [TRACE, ID, PARENT, REQUEST_ID].join();
  const text = JSON.stringify(value).replace(/[0-9a-f]{16}/g, (id) => {
    if (known.includes(id) || /^0{8}/.test(id)) return id;
    if (!names.has(id)) names.set(id, `id${names.size}`);
    return names.get(id) as string;
  });
  return JSON.parse(
    text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-(.)[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uuid $1'),
  );
}

function shown({ traceId, id, parentId, annotations, ...span }: Span, port: number): unknown {
  const tags = Object.fromEntries(
    Object.entries(span.tags)
      .map(([name, value]) => [name, value.replace(`:${port}`, ':port')] as const)
      // Envoy has flags in the order in which they were raised.
      .map(
        ([name, value]) =>
          [name, name === 'response_flags' ? value.split(',').sort().join() : value] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const { name, kind, shared, localEndpoint } = span;
  const events = annotations.map(({ value }) => value);
  // In one order, so that ids are named alike.
  return { traceId, id, parentId, name, kind, shared, localEndpoint, tags, events };
}

const answers = new Map<string, readonly string[]>();
for (const [name, [at, path, more]] of Object.entries(CASES)) {
  const request = `GET ${path} HTTP/1.1\r\nhost: a.example\r\nx-case: ${name}\r\n${more}\r\n`;
  const got: string[] = [];
  for (const { ports } of sides) {
    const response = await ask(ports[at] ?? 0, request);
    got.push(`${response.status} ${header(response, 'x-envoy-decorator-operation') ?? 'nothing'}`);
  }
  answers.set(name, got);
}
const expected = Object.values(CASES).reduce((sum, [, , , spans]) => sum + spans, 0);
// What does not fill a report goes after 5 s.
await Promise.all(
  seen.map((each) =>
    eventually(`${expected} spans, have ${each.spans.length}`, () => each.spans.length >= expected, 20_000),
  ),
);

for (const [name, [, , , count]] of Object.entries(CASES)) {
  t.test(name, async (t) => {
    const [theirs, ours] = seen.map((each) => {
      const spans = each
        .of(name)
        .map(
          (span) =>
            shown(span, each.origin.port) as { kind: string; name: string; tags: Record<string, string> },
        )
        .sort((a, b) => (`${b.kind} ${b.name}` < `${a.kind} ${a.name}` ? -1 : 1));
      return named([{ told: each.told.get(name) ?? {} }, ...spans]);
    });
    t.same(ours, theirs);
    t.equal((theirs as unknown[]).length, count + 1);
    const [their, own] = answers.get(name) ?? [];
    t.equal(own, their, 'the answer');
  });
}

t.test('reports', async (t) => {
  const [theirs, ours] = seen.map(({ reports }) =>
    [
      ...new Set(reports.map((one) => `${one.path} ${sent(one, 'host')} ${sent(one, 'content-type')}`)),
    ].sort(),
  );
  t.same(ours, theirs);
  const [own] = (seen[1] as Seen).spans;
  t.ok(own !== undefined && own.timestamp > 1.6e15 && own.duration >= 0);
});

t.test('statistics', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) =>
      (await fetch(`http://127.0.0.1:${admin}/stats?filter=^http.*tracing`)).text(),
    ),
  );
  t.equal(ours, theirs);
  const sentSpans = async (admin: number): Promise<string> =>
    (
      await fetch(`http://127.0.0.1:${admin}/stats?filter=zipkin.(spans_sent|reports_dropped|reports_failed)`)
    ).text();
  t.equal(await sentSpans(sides[1].admin), await sentSpans(sides[0].admin));
});
