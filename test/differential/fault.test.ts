// Faults that are asked for, by the real Envoy and by this proxy: answers, flags, details, statistics. Skipped where
// Envoy's binary is absent.
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  type Fields,
  folder,
  header,
  listener,
  Origin,
  router,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
const origin = await new Origin(() => answer('host')).listen();
const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const ALL: Fields = { numerator: 100 };
const NONE: Fields = { numerator: 0 };
const SHORT: Fields = { fixed_delay: '0.02s', percentage: ALL };

/** By path: what the route says of the filter. */
const FAULTS: Readonly<Record<string, Fields>> = {
  nothing: {},
  abort: { abort: { http_status: 418, percentage: ALL } },
  body: { abort: { http_status: 418, percentage: ALL, response_body: 'tea' } },
  grpc: { abort: { grpc_status: 14, percentage: ALL } },
  asked: { abort: { header_abort: {}, percentage: ALL } },
  never: { abort: { http_status: 418, percentage: NONE }, delay: { fixed_delay: '9s', percentage: NONE } },
  unset: { abort: { http_status: 418 } },
  thousands: { abort: { http_status: 418, percentage: { numerator: 10_000, denominator: 'TEN_THOUSAND' } } },
  delay: { delay: SHORT },
  both: { delay: SHORT, abort: { http_status: 418, percentage: ALL } },
  asked_delay: { delay: { header_delay: {}, percentage: ALL } },
  cluster: { abort: { http_status: 418, percentage: ALL }, upstream_cluster: 'origin' },
  other: { abort: { http_status: 418, percentage: ALL }, upstream_cluster: 'another' },
  headers: { abort: { http_status: 418, percentage: ALL }, headers: [{ name: 'x-a' }] },
  nodes: { abort: { http_status: 418, percentage: ALL }, downstream_nodes: ['a', 'b'] },
  limit: { abort: { http_status: 418, percentage: ALL }, max_active_faults: 0 },
  delay_limit: { delay: SHORT, max_active_faults: 0 },
};

const config = (admin: number, port: number): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [
      listener('l', port, {
        http_filters: [{ name: 'fault', typed_config: { '@type': TYPE } }, router],
        route_config: {
          name: 'table',
          response_headers_to_add: [
            { header: { key: 'x-says', value: '%RESPONSE_FLAGS%' } },
            { header: { key: 'x-details', value: '%RESPONSE_CODE_DETAILS%' } },
          ],
          virtual_hosts: [
            {
              name: 'all',
              domains: ['*'],
              routes: Object.entries(FAULTS).map(([name, settings]) => ({
                ...toCluster('origin', {}, { path: `/${name}` }),
                typed_per_filter_config: { fault: { '@type': TYPE, ...settings } },
              })),
            },
          ],
        },
      }),
    ],
    clusters: [cluster('origin', [origin.port])],
  },
});

const sides = await bothSides(t, dir, ['in'], (admin, ports) => config(admin, ports.in));
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

async function seen(port: number, path: string, more: string) {
  const response = await ask(port, `GET /${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`);
  const own = response.status !== 200;
  return {
    status: response.status,
    body: response.body.toString(),
    flags: header(response, 'x-says'),
    grpc: [header(response, 'grpc-status'), header(response, 'grpc-message')],
    details: own ? header(response, 'x-details') : '',
  };
}
const fault = (name: string, value: string): string => `x-envoy-fault-${name}: ${value}\r\n`;

for (const path of Object.keys(FAULTS)) {
  t.test(path, async (t) => {
    for (const more of [
      '',
      'content-type: application/grpc\r\n',
      'x-a: b\r\n',
      'x-envoy-downstream-service-node: b\r\n',
      fault('abort-request', '503'),
      fault('abort-request', '99'),
      fault('abort-request', 'x'),
      fault('abort-grpc-request', '5'),
      fault('abort-grpc-request', '99'),
      fault('abort-request', '503') + fault('abort-request-percentage', '0'),
      fault('abort-request-percentage', '0'),
      fault('delay-request', '10'),
      fault('delay-request', '0'),
      fault('delay-request', '10') + fault('delay-request-percentage', '0'),
    ]) {
      const [theirs, ours] = await Promise.all(sides.map(({ ports }) => seen(ports.in, path, more)));
      t.same(ours, theirs, `${path} ${more.trim()} ${JSON.stringify(theirs)}`);
    }
  });
}

t.test('statistics', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) =>
      (await fetch(`http://127.0.0.1:${admin}/stats?filter=^http.l.fault`)).text(),
    ),
  );
  t.equal(ours, theirs);
});
