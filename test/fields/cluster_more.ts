/** Least request, and what a host may take of time and memory. */
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { ask, Client, endpoint, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { upstream } from '../e2e/tls_support.ts';
import { type Case, LARGE, of, says, type See, stat, statuses } from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CORE = 'envoy.config.core.v3';
const LEAST = 'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest';

/** A host at `deaf.sock` that takes connections and reads nothing. */
export async function deafHost(files: string): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(join(files, 'deaf.sock'), resolve));
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

/** How often each host has one of 40 requests, while one more is under way. */
const shares: See = async (view) => {
  const held = new Client(view.port).send(get('/', 'x-do: hold\r\n'));
  await eventually('the request', async () => (await stat(view, 'cluster.$.upstream_rq_active')) === 1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 40; i++) {
    const { headers } = await ask(view.port, get('/'));
    const host = headers.find(([name]) => name === 'x-says')?.[1] ?? '';
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  held.close();
  return [...counts.values()];
};

/** Whether only one of two hosts is chosen; by chance that is so once in 100,000 times. */
const onlyIdle: See = async (view) => ((await shares(view)) as number[]).length === 1;
/** Whether a busy host gets more than what was on its way to it when it became busy. */
const alsoBusy: See = async (view) => {
  const counts = (await shares(view)) as number[];
  return counts.length === 2 && Math.min(...counts) > 5;
};

const hosts = (...list: Json[]): Fields => ({
  load_assignment: { cluster_name: 'c', endpoints: [{ lb_endpoints: list }] },
});

function leastRequest(origin: number, other: number): Case[] {
  const even = hosts(endpoint(origin), endpoint(other));
  const uneven = hosts(
    { ...endpoint(origin), load_balancing_weight: 2 },
    { ...endpoint(other), load_balancing_weight: 3 },
  );
  const bias = (default_value: number): Fields => ({
    active_request_bias: { default_value, runtime_key: 'a.key' },
  });
  const byEnum = (fields: Fields): Fields => ({
    lb_policy: 'LEAST_REQUEST',
    least_request_lb_config: fields,
  });
  const byType = (fields: Fields): Fields => ({
    load_balancing_policy: {
      policies: [
        {
          typed_extension_config: {
            name: 'least',
            typed_config: { '@type': `type.googleapis.com/${LEAST}`, ...fields },
          },
        },
      ],
    },
  });
  const two = (fields: string[], on: Fields, off: Fields, see: See, seen: boolean): Case => ({
    fields,
    on: { cluster: on, host: says('%UPSTREAM_HOST%') },
    off: { cluster: off, host: says('%UPSTREAM_HOST%') },
    see,
    seen,
    unseen: !seen,
  });
  const both = (make: (fields: Fields) => Fields, message: string, more: string[]): Case[] => [
    two(
      [...more, ...of(message, 'choice_count')],
      { ...even, ...make({ choice_count: 100 }) },
      { ...even, ...make({}) },
      onlyIdle,
      true,
    ),
    two(
      [...of(message, 'active_request_bias'), `${CORE}.RuntimeDouble.default_value`],
      { ...uneven, ...make(bias(0)) },
      { ...uneven, ...make(bias(100)) },
      alsoBusy,
      true,
    ),
  ];
  return [
    ...both(byEnum, `${CLUSTER}.LeastRequestLbConfig`, of(CLUSTER, 'least_request_lb_config')),
    ...both(byType, LEAST, []),
    ...([{ selection_method: 'FULL_SCAN' }, { enable_full_scan: true }] as Fields[]).map((scan) =>
      two(
        of(LEAST, Object.keys(scan)[0] ?? ''),
        { ...even, ...byType(scan) },
        { ...even, ...byType({}) },
        onlyIdle,
        true,
      ),
    ),
  ];
}

/** Whether a request waits in its client for a host that does not read, or all of it is taken. */
const waits: See = async (view) => {
  const client = new Client(view.port);
  client.send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${LARGE}\r\n\r\n`).send(Buffer.alloc(LARGE));
  const stopped = await eventually('either', async () => {
    if (((await stat(view, 'cluster.$.upstream_flow_control_backed_up_total')) ?? 0) > 0) return 'stopped';
    return ((await stat(view, 'http.$.downstream_cx_rx_bytes_total')) ?? 0) > LARGE ? 'taken' : undefined;
  });
  client.close();
  return stopped;
};

export function moreClusterCases(files: string, origin: number, other: number): Case[] {
  const deaf = hosts({ endpoint: { address: { pipe: { path: join(files, 'deaf.sock') } } } });
  const buffers = (limit: number): Fields => ({ ...deaf, per_connection_buffer_limit_bytes: limit });
  return [
    ...leastRequest(origin, other),
    {
      fields: of(CLUSTER, 'per_connection_buffer_limit_bytes'),
      on: { cluster: buffers(4096) },
      off: { cluster: buffers(4 * LARGE) },
      see: waits,
      seen: 'stopped',
      unseen: 'taken',
    },
    // A handshake that is never answered; the default is five seconds.
    {
      fields: of(CLUSTER, 'connect_timeout'),
      on: { cluster: { ...deaf, connect_timeout: '0.05s', transport_socket: upstream() } },
      see: async (view) => {
        const client = new Client(view.port).send(get('/'));
        await eventually('the timeout', () => stat(view, 'cluster.$.upstream_cx_connect_timeout'), 4000);
        const { status } = await client.response();
        client.close();
        return status;
      },
      seen: 503,
    },
    {
      fields: of(`${CORE}.HttpProtocolOptions`, 'max_response_headers_kb'),
      on: { cluster: { common_http_protocol_options: { max_response_headers_kb: 100 } } },
      off: { cluster: {} },
      see: statuses(get('/', 'x-do: large-head\r\n')),
      seen: [200],
      unseen: [502],
    },
  ];
}
