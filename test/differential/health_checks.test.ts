// Health checks of the real Envoy and of this one, of hosts that follow a script: what the hosts are sent, byte for
// byte, and how they are at the end of it: flags, statistics, events. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttp2, type IncomingHttpHeaders } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  type Json,
  type Running,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const dir = folder();

/** Answers of HTTP/1 by name; a number is a status. */
const ANSWERS: Readonly<Record<string, string>> = {
  close: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  degraded: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-envoy-degraded: 1\r\n\r\n',
  immediate: 'HTTP/1.1 503 No\r\ncontent-length: 0\r\nx-envoy-immediate-health-check-fail: 1\r\n\r\n',
  garbage: 'what?\r\n\r\n',
  chunked: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n',
  old: 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n',
  interim: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  service: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-envoy-upstream-healthchecked-cluster: Right\r\n\r\n',
  none: 'HTTP/1.1 204 No Content\r\n\r\n',
};
const answerOf = (what: string): string => ANSWERS[what] ?? `HTTP/1.1 ${what} X\r\ncontent-length: 0\r\n\r\n`;

type Scenario = {
  /** What the host does, one thing for each check; then it does nothing any more. */
  readonly script: readonly string[];
  readonly check: Fields;
  readonly http2?: boolean;
  readonly thresholds?: readonly [unhealthy: number, healthy: number];
  readonly kind: 'http' | 'http2' | 'tcp';
  readonly fields?: Fields;
};

const http = (script: string, fields: Fields = {}, more: Partial<Scenario> = {}): Scenario => ({
  script: script.split(' '),
  check: { http_health_check: fields },
  kind: 'http',
  ...more,
});
const over2 = (script: string, fields: Fields = {}, more: Partial<Scenario> = {}): Scenario =>
  http(script, { codec_client_type: 'HTTP2', ...fields }, { kind: 'http2', ...more });
const tcp = (script: string, fields: Fields, more: Partial<Scenario> = {}): Scenario => ({
  script: script.split(' '),
  check: { tcp_health_check: fields },
  kind: 'tcp',
  ...more,
});
const grpc = (script: string, fields: Fields = {}): Scenario => ({
  script: script.split(' '),
  check: { grpc_health_check: fields },
  kind: 'http2',
});
const hex = (text: string): Json => ({ text: Buffer.from(text).toString('hex') });
const range = (start: number, end: number): Json => [{ start: String(start), end: String(end) }];
const RETRY = { retriable_statuses: range(503, 504) };

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  good: http('200 200 200'),
  recovers: http('500 200 200 500 200 200 200'),
  never: http('503 404 302 201'),
  retriable: http('200 503 503 503 200 503 200 200 200', RETRY, { thresholds: [3, 2] }),
  mixed: http('200 503 reset 500 200 reset 200 200 200', RETRY, { thresholds: [3, 3] }),
  reset: http('reset reset 200 200 reset 200 reset reset'),
  degraded: http('degraded degraded 500 degraded degraded degraded'),
  undegraded: http('degraded 200 degraded degraded 500 degraded degraded 200'),
  immediate: http('200 immediate immediate 200 200'),
  closing: http('close old close 200'),
  fresh: http('200 200 500', {}, {}),
  garbage: http('200 garbage garbage 200 200'),
  forms: http('chunked interim none 200', { expected_statuses: range(200, 205) }),
  ranges: http('299 300 250 450', { expected_statuses: range(200, 300) }),
  payload: http('chunked 200 chunked chunked', { receive: [hex('bc'), hex('e')] }),
  small: http('chunked', { receive: [hex('bcd')], response_buffer_size: 3 }),
  service: http('service 200 service service', { service_name_matcher: { prefix: 'r', ignore_case: true } }),
  post: http('200', { method: 'POST' }),
  put: http('200', { method: 'PUT', send: hex('some bytes') }),
  head: http('200 200', { method: 'HEAD' }),
  options: http('200', { method: 'OPTIONS' }),
  remove: http('200', { method: 'DELETE' }),
  host: http('200', { host: 'other.example:81' }),
  fields: http('200', {
    request_headers_to_add: [
      { header: { key: 'X-One', value: '1' } },
      { header: { key: 'x-one', value: '2%%' } },
      { header: { key: 'user-agent', value: 'more' } },
      { header: { key: 'x-two', value: 'a' }, append_action: 'ADD_IF_ABSENT' },
      { header: { key: 'x-two', value: 'b' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
      { header: { key: 'x-none', value: 'b' }, append_action: 'OVERWRITE_IF_EXISTS' },
      { header: { key: 'x-empty', value: '' }, keep_empty_value: true },
    ],
  }),
  overwrite: http('200', {
    request_headers_to_add: [
      { header: { key: 'x-one', value: '1' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
      { header: { key: 'user-agent', value: 'mine' }, append_action: 'OVERWRITE_IF_EXISTS' },
      { header: { key: 'x-one', value: '2' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    ],
  }),
  bare: http('200', { request_headers_to_remove: ['User-Agent'] }),
  http2: over2('200 500 200 200'),
  reset2: over2('200 reset reset 200 200'),
  fields2: over2('200', {
    method: 'PUT',
    send: hex('some bytes'),
    request_headers_to_add: [
      { header: { key: 'X-One', value: '1' } },
      { header: { key: 'x-one', value: '2' } },
    ],
  }),
  grpc: grpc('serving not serving serving unknown serving serving'),
  wrong: grpc('serving status serving serving html serving serving trailers serving serving 500'),
  named: grpc('serving', {
    service_name: 'a.service',
    authority: 'a.example',
    initial_metadata: [{ header: { key: 'x-one', value: '1' } }],
  }),
  tcp: tcp('pong pong reset pong pong', { send: hex('ping'), receive: [hex('po'), hex('g')] }),
  once: tcp('pong pong', { send: hex('ping'), receive: [hex('g')] }),
};

/** A side's hosts: what each scenario's host was sent, and how far its script is. */
class Hosts {
  readonly sent = new Map<string, string[]>();
  readonly servers: Server[] = [];
  readonly sockets = new Set<Socket>();
  http = 0;
  http2 = 0;
  readonly tcp = new Map<string, number>();

  async listen(): Promise<this> {
    this.http = await this.#serve(createServer((socket) => this.#http(socket)));
    const http2 = createHttp2();
    http2.on('stream', (stream: Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
      const pieces: Buffer[] = [];
      stream.on('error', () => undefined);
      stream.on('data', (data: Buffer) => pieces.push(data));
      stream.on('end', () => {
        const path = String(headers[':path']);
        const call = headers['content-type'] === 'application/grpc';
        const name = call ? String(headers['x-scenario']) : path.slice(1);
        const what = this.#next(name, JSON.stringify([raw, Buffer.concat(pieces).toString('hex')]));
        if (what === undefined) return;
        if (what === 'reset') stream.close(2);
        else if (call) answerCall(stream, what);
        else {
          stream.respond({ ':status': Number(what) });
          stream.end('x');
        }
      });
    });
    this.http2 = await this.#serve(http2 as unknown as Server);
    for (const [name, { kind }] of Object.entries(SCENARIOS)) {
      if (kind !== 'tcp') continue;
      const server = createServer((socket) =>
        socket.on('data', (data) => {
          const what = this.#next(name, data.toString());
          if (what === 'reset') socket.destroy();
          else if (what !== undefined) socket.write(what);
        }),
      );
      this.tcp.set(name, await this.#serve(server));
    }
    return this;
  }

  #next(name: string, sent: string): string | undefined {
    const list = this.sent.get(name) ?? [];
    this.sent.set(name, list);
    list.push(sent);
    return SCENARIOS[name]?.script[list.length - 1];
  }

  #http(socket: Socket): void {
    let waiting = '';
    socket.on('data', (data) => {
      waiting += data.toString('latin1');
      const end = waiting.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: (\d+)/.exec(waiting)?.[1] ?? 0);
      if (end < 0 || waiting.length < end + 4 + length) return;
      const name = /^\w+ \/(\w+) /.exec(waiting)?.[1] ?? '';
      const isHead = waiting.startsWith('HEAD');
      const what = this.#next(name, waiting);
      waiting = '';
      if (what === 'reset') socket.destroy();
      else if (what !== undefined)
        socket.write(isHead ? answerOf(what).replace('th: 0', 'th: 5') : answerOf(what));
      if (what === 'close' || what === 'old') socket.end();
    });
  }

  #serve(server: Server): Promise<number> {
    this.servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    });
    return new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
  }
}

type Stream = import('node:http2').ServerHttp2Stream;
const SERVING: Readonly<Record<string, number>> = { unknown: 0, serving: 1, not: 2 };
function answerCall(stream: Stream, what: string): void {
  const type = { 'content-type': 'application/grpc' };
  if (what === 'trailers') {
    stream.respond({ ':status': 200, ...type, 'grpc-status': '12' }, { endStream: true });
    return;
  }
  if (what === 'html' || what === '500') {
    stream.respond({ ':status': what === 'html' ? 200 : 500, 'content-type': 'text/html' });
    stream.end('<p>');
    return;
  }
  stream.respond({ ':status': 200, ...type }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': what === 'status' ? '13' : '0' }));
  stream.end(Buffer.from([0, 0, 0, 0, 2, 8, SERVING[what] ?? 1]));
}

function config(hosts: Hosts, admin: number, log: (name: string) => string): Fields {
  const clusters = Object.entries(SCENARIOS).map(
    ([name, { check, kind, thresholds = [1, 2], fields = {} }]) => {
      const [type = '', own = {}] = Object.entries(check)[0] ?? [];
      const port = kind === 'tcp' ? (hosts.tcp.get(name) ?? 0) : kind === 'http2' ? hosts.http2 : hosts.http;
      const scenario = { header: { key: 'x-scenario', value: name } };
      const given = own as { [key: string]: Json };
      const probe: Fields =
        type === 'http_health_check'
          ? { path: `/${name}`, ...given }
          : type === 'grpc_health_check'
            ? {
                ...given,
                initial_metadata: [...((given.initial_metadata as Json[] | undefined) ?? []), scenario],
              }
            : given;
      return cluster(name, [port], {
        ...(type === 'grpc_health_check' ? { http2_protocol_options: {} } : {}),
        wait_for_warm_on_init: true,
        health_checks: [
          {
            timeout: '3600s',
            interval: '3600s',
            no_traffic_interval: '0.01s',
            unhealthy_threshold: thresholds[0],
            healthy_threshold: thresholds[1],
            always_log_health_check_failures: true,
            always_log_health_check_success: true,
            event_logger: [
              {
                name: 'file',
                typed_config: {
                  '@type':
                    'type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink',
                  event_log_path: log(name),
                },
              },
            ],
            ...fields,
            [type]: probe,
          },
        ],
      });
    },
  );
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { clusters },
  };
}

type Outcome = Readonly<Record<string, unknown>>;

async function play(own: boolean): Promise<Readonly<Record<string, Outcome>>> {
  const hosts = await new Hosts().listen();
  const admin = await freePort();
  const log = (name: string): string => join(dir.path, `${own ? 'ours' : 'theirs'}.${name}.log`);
  let side: Running | undefined;
  const page = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${admin}${path}`)).text();
  try {
    side = await runSide(own, config(hosts, admin, log), {
      admin,
      dir,
      flags: ['--file-flush-interval-msec', '50'],
    });
    const names = Object.entries(SCENARIOS);
    await eventually(
      'the end of all scripts',
      () => names.every(([name, { script }]) => (hosts.sent.get(name)?.length ?? 0) > script.length),
      20_000,
    ).catch((error: Error) => {
      const late = names.filter(([name, { script }]) => (hosts.sent.get(name)?.length ?? 0) <= script.length);
      throw new Error(`${own ? 'ours' : 'theirs'}: ${error.message}: ${late.map(([name]) => name).join()}`);
    });
    const [clusters, stats] = [await page('/clusters'), await page('/stats?filter=health_check|membership')];
    await eventually('the event logs', () =>
      names.every(([name, { script }]) => existsSync(log(name)) && lines(log(name)).length >= script.length),
    );
    // At its end Envoy writes what it still has.
    side.child.kill('SIGTERM');
    await side.exited;
    return Object.fromEntries(
      names.map(([name]) => [
        name,
        {
          sent: hosts.sent.get(name),
          flags: new RegExp(`^${name}::.*::health_flags::(.*)$`, 'm').exec(clusters)?.[1],
          stats: [...stats.matchAll(new RegExp(`^cluster\\.${name}\\.(.*)$`, 'gm'))]
            .map(([, line]) => line ?? '')
            // Envoy's gauge does not go down again (docs/differences.md).
            .filter((line) => name !== 'undegraded' || !line.startsWith('health_check.degraded')),
          events: lines(log(name)).map((line) => without(JSON.parse(line) as Fields)),
        },
      ]),
    );
  } finally {
    await side?.stop();
    hosts.close();
  }
}

const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
/** Time and port are each side's own. */
function without(event: Fields): Fields {
  const { timestamp: _, host, ...rest } = event;
  const { port_value: __, ...address } = (host as { socket_address: Fields }).socket_address;
  return { ...rest, host: address };
}

const theirs = await play(false);
const ours = await play(true);
for (const name of Object.keys(SCENARIOS)) t.same(ours[name], theirs[name], name);
dir.remove();
