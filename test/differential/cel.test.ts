// Expressions of the Common Expression Language, through the real Envoy and through this proxy: what each is worth
// (%CEL%), and which lines a filter lets through. Skipped where Envoy's binary is absent.
// observes: envoy.config.accesslog.v3.AccessLogFilter: extension_filter
// observes: envoy.config.accesslog.v3.ExtensionFilter: typed_config
// observes: envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter: expression
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  get,
  type Json,
  listener,
  Origin,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { EXPRESSIONS } from './cel_expressions.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const CHUNKED =
  'HTTP/1.1 200 OK\r\nx-resp: yes\r\nx-two: a\r\nx-two: b\r\ntransfer-encoding: chunked\r\n\r\n';
const origin = await new Origin((request) =>
  request.path.startsWith('/missing')
    ? 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'
    : `${CHUNKED}5\r\nhello\r\n0\r\nx-end: yes\r\n\r\n`,
).listen();
const dir = folder();
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

/** Which requests each lets through is compared. */
const FILTERS = [
  'response.code >= 400',
  'response.code < 400 && request.method == "GET"',
  'request.headers["x-pass"] == "yes"',
  '"x-pass" in request.headers',
  '!("x-pass" in request.headers)',
  'request.url_path.startsWith("/missing") || has(request.headers.nothing)',
  'request.path.matches("[0-9]{3}")',
  'response.code',
  'request.headers["nothing"] != "a"',
  'true',
  'connection.mtls',
  'xds.route_name == "other" || response.flags != 0',
];

const log = (path: string, json_format: Fields, filter?: Fields): Json => ({
  name: 'file',
  ...(filter === undefined ? {} : { filter }),
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: { json_format },
  },
});
const filtered = (expression: string): Fields => ({
  extension_filter: {
    name: 'cel',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter',
      expression,
    },
  },
});
const values = Object.fromEntries(EXPRESSIONS.map((expression, i) => [`e${i}`, `%CEL(${expression})%`]));

function config(admin: number, port: number): Fields {
  const file = (name: string): string => join(dir.path, `${port}-${name}.log`);
  const logs = FILTERS.map((expression, i) =>
    log(file(`f${i}`), { path: '%REQ(:PATH)%' }, filtered(expression)),
  );
  const table = routes([
    { name: 'other', ...toCluster('empty', {}, { path: '/none' }) },
    { name: 'rt', ...toCluster('c') },
  ]);
  const made = listener('L', port, {
    access_log: [log(file('values'), values), log(file('all'), { path: '%REQ(:PATH)%' }), ...logs],
    http_protocol_options: { enable_trailers: true },
    route_config: table,
  });
  (made.filter_chains as Fields[])[0] = { name: 'fc', ...(made.filter_chains as Fields[])[0] };
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [made],
      clusters: [
        cluster('c', [origin.port], {
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http_protocol_options: { enable_trailers: true } },
            },
          },
        }),
        cluster('empty', []),
      ],
    },
  };
}

const REQUESTS = [
  'POST /a/b?x=1&y=2 HTTP/1.1\r\nhost: ex.com:80\r\nuser-agent: UA\r\nreferer: http://ref\r\nx-one: 1\r\nx-one: 2\r\ncontent-length: 3\r\nx-num: 42\r\nte: trailers\r\n\r\nabc',
  get('/missing', 'x-pass: yes\r\n'),
  get('/none'),
  get('/123', 'x-pass: no\r\n'),
];

const lines = (port: number, name: string): Fields[] => {
  const path = join(dir.path, `${port}-${name}.log`);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Fields);
};

const [envoy, own] = await bothSides(t, dir, ['http'], (admin, ports) => config(admin, ports.http));
for (const side of [envoy, own]) {
  for (const request of REQUESTS) await ask(side.ports.http, request);
  await eventually('the lines', () => lines(side.ports.http, 'values').length === REQUESTS.length);
  await eventually('the paths', () => lines(side.ports.http, 'all').length === REQUESTS.length);
}

t.test('values', async (t) => {
  for (const [n, request] of REQUESTS.entries()) {
    const [theirs = {}, ours = {}] = [envoy, own].map((side) => lines(side.ports.http, 'values')[n]);
    EXPRESSIONS.forEach((expression, i) => {
      const name = `${expression} of ${request.slice(0, request.indexOf('\r'))}`;
      t.same(ours[`e${i}`], theirs[`e${i}`], name);
    });
  }
});

t.test('filters', async (t) => {
  for (const [i, expression] of FILTERS.entries()) {
    const count = lines(envoy.ports.http, `f${i}`).length;
    await eventually(expression, () => lines(own.ports.http, `f${i}`).length >= count);
    t.same(lines(own.ports.http, `f${i}`), lines(envoy.ports.http, `f${i}`), expression);
  }
});
