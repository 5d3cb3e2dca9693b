// How entries of gRPC access logs go: many at a time, over one stream of a worker, again after it has ended, not
// without end while nobody reads, and all of them before the process ends.
// observes: envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig: common_config
// observes: envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig: common_config
// observes: envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig: log_name grpc_service
// observes: envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig: buffer_flush_interval buffer_size_bytes
import { createServer } from 'node:net';
import t from 'tap';
import { AccessLogService, entriesOf, grpcLog, HTTP2 } from './access_log_service.ts';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(120_000);
const origin = await new Origin(() => answer()).listen();
t.teardown(() => origin.close());
const NEVER = '3600s';

/** A proxy whose listeners have these logs, and the service that they go to. */
async function serve(
  t: Pick<typeof import('tap').default, 'teardown'>,
  logs: readonly Json[][],
  { to, workers = 1 }: { to?: number; workers?: number } = {},
) {
  const service = await new AccessLogService().listen();
  const admin = await freePort();
  const ports = await Promise.all(logs.map(() => freePort()));
  const proxy = await start(
    {
      node: { id: 'me', cluster: 'us' },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: logs.map((access_log, i) =>
          listener(`l${i}`, ports[i] as number, { access_log, route_config: routes([toCluster('origin')]) }),
        ),
        clusters: [cluster('origin', [origin.port]), cluster('server', [to ?? service.port], HTTP2)],
      },
    },
    [admin, ...ports],
    ['--concurrency', String(workers)],
  );
  t.teardown(async () => {
    await proxy.stop();
    service.close();
  });
  const stat = async (name: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${admin}/stats?filter=${name}$`);
    return Number(/: (\d+)/.exec(await answer.text())?.[1]);
  };
  return { service, proxy, ports, port: ports[0] as number, stat };
}

const paths = (entries: readonly Fields[]): unknown[] =>
  entries.map(({ request }) => (request as Fields).path);
const several = async (port: number, n: number, headers = ''): Promise<void> => {
  for (let i = 0; i < n; i++) await ask(port, get(`/${i}`, headers));
};

t.test('all entries that wait go in one message, when the interval is over', async (t) => {
  const { service, port } = await serve(t, [[grpcLog('Http', { buffer_flush_interval: '0.5s' })]]);
  await several(port, 3);
  await eventually('the entries', () => service.entries.length === 3);
  t.same(paths(service.entries), ['/0', '/1', '/2']);
  t.equal(service.streams.length, 1);
});

t.test('they go before that when there are enough of them', async (t) => {
  const log = grpcLog('Http', { buffer_flush_interval: NEVER, buffer_size_bytes: 1500 });
  const { service, port, stat } = await serve(t, [[log]]);
  await several(port, 10);
  await eventually('entries', () => service.entries.length >= 5);
  const [first] = service.streams[0]?.messages ?? [];
  t.ok(entriesOf(first as Fields).length > 1, 'several in a message');
  t.equal(await stat('grpc_access_log.logs_written'), 10);
});

t.test('with a buffer of 0 each goes at once', async (t) => {
  const log = grpcLog('Http', { buffer_flush_interval: NEVER, buffer_size_bytes: 0 });
  const { service, port } = await serve(t, [[log]]);
  await several(port, 3);
  await eventually('the entries', () => service.entries.length === 3);
  t.same(
    service.streams[0]?.messages.map((message) => entriesOf(message).length),
    [1, 1, 1],
  );
});

t.test('what waits is sent before the process ends', async (t) => {
  for (const workers of [1, 2]) {
    const logs = [grpcLog('Http', { buffer_flush_interval: NEVER, buffer_size_bytes: 1 << 20 })];
    const { service, proxy, port } = await serve(t, [logs], { workers });
    await several(port, 20);
    t.same(service.entries, [], 'nothing has gone');
    proxy.child.kill('SIGTERM');
    t.equal(await proxy.exited, 0);
    await eventually('the entries', () => service.entries.length === 20);
    t.same(
      service.streams.map(({ ended }) => ended),
      service.streams.map(() => 'half-closed'),
      'streams end as they should',
    );
  }
});

t.test('logs of the same configuration share a stream, others have their own', async (t) => {
  const same = grpcLog('Http', {}, { additional_request_headers_to_log: ['x-a'] });
  const other = grpcLog('Http', { log_name: 'other' });
  const { service, ports } = await serve(t, [[grpcLog('Http')], [same], [other], [grpcLog('Tcp')]]);
  for (const port of ports) await ask(port, get('/', 'x-a: b\r\n'));
  await eventually('the entries', () => service.entries.length === 4);
  const names = service.streams.map(({ messages }) => (messages[0]?.identifier as Fields).log_name);
  t.same(names.sort(), ['log', 'log', 'other'], 'one of each log and kind');
  t.match(service.streams[0]?.messages[0]?.identifier, { node: { id: 'me', cluster: 'us' } });
});

t.test('how the service is called', async (t) => {
  const grpc_service = {
    envoy_grpc: { cluster_name: 'server', authority: 'logs.example' },
    initial_metadata: [{ key: 'X-Token', value: '%PROTOCOL%' }],
  };
  const { service, port } = await serve(t, [[grpcLog('Http', { grpc_service })]]);
  await ask(port, get('/'));
  await eventually('the entry', () => service.entries.length === 1);
  t.equal(service.streams[0]?.authority, 'logs.example');
  t.same(service.streams[0]?.metadata.get('x-token'), ['%PROTOCOL%']);
});

t.test('after a stream has ended, the next entries open another one', async (t) => {
  const { service, port } = await serve(t, [[grpcLog('Http')]]);
  await ask(port, get('/one'));
  await eventually('the entry', () => service.entries.length === 1);
  service.streams[0]?.fail(14);
  // What is on its way when a stream ends is lost.
  await eventually('another stream', async () => {
    await ask(port, get('/two'));
    return service.streams.length > 1 && (service.streams[1]?.messages.length ?? 0) > 0;
  });
  t.ok(service.streams[1]?.messages[0]?.identifier, 'which says who sends');
});

t.test('while the service reads nothing, what does not fit is dropped and counted', async (t) => {
  const silent = createServer((socket) => socket.pause());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const { port: to } = silent.address() as { port: number };
  const log = grpcLog('Http', {}, { additional_request_headers_to_log: ['x-large'] });
  const { port, stat } = await serve(t, [[log]], { to });
  const large = `x-large: ${'x'.repeat(30_000)}\r\n`;
  await eventually('drops', async () => {
    await several(port, 20, large);
    return (await stat('grpc_access_log.logs_dropped')) > 0;
  });
  const [written, dropped] = [
    await stat('grpc_access_log.logs_written'),
    await stat('grpc_access_log.logs_dropped'),
  ];
  t.equal((await ask(port, get('/after'))).status, 200, 'requests go on');
  t.ok(written * 30_000 < 8 << 20, `no more than ${written} entries are kept`);
  t.ok(dropped > 0);
});

t.test('without the cluster requests go on', async (t) => {
  const grpc_service = { envoy_grpc: { cluster_name: 'missing' } };
  const log = grpcLog('Http', { grpc_service, buffer_size_bytes: 0 });
  const { port, stat } = await serve(t, [[log]]);
  await several(port, 5);
  t.equal(await stat('grpc_access_log.logs_written'), 5, 'as in Envoy, those are not dropped');
});

t.test('a listener that changes keeps its stream; one without the log lets it end', async (t) => {
  const service = await new AccessLogService().listen();
  const files = folder();
  const port = await freePort();
  const type_url = 'type.googleapis.com/envoy.config.listener.v3.Listener';
  const write = (access_log: Json[], stat_prefix: string): string =>
    files.write('lds.json', {
      version_info: stat_prefix,
      resources: [
        {
          '@type': type_url,
          ...listener('in', port, { access_log, stat_prefix, route_config: routes([toCluster('origin')]) }),
        },
      ],
    });
  const waiting = grpcLog('Http', { buffer_flush_interval: NEVER });
  const path = write([grpcLog('Http'), waiting], 'one');
  const proxy = await start(
    {
      node: { id: 'me', cluster: 'us' },
      dynamic_resources: { lds_config: { path_config_source: { path } } },
      static_resources: {
        clusters: [cluster('origin', [origin.port]), cluster('server', [service.port], HTTP2)],
      },
    },
    [port],
    ['--drain-time-s', '1'],
  );
  t.teardown(async () => {
    await proxy.stop();
    service.close();
    files.remove();
  });
  await ask(port, get('/one'));
  await eventually('the entry', () => service.entries.length === 1);
  write([grpcLog('Http'), grpcLog('Tcp')], 'two');
  await eventually('the other log', async () => {
    await ask(port, get('/two'));
    return service.streams.some(({ messages }) => messages.some((message) => message.tcp_logs !== undefined));
  });
  await eventually('what waited for the log that is gone', () =>
    service.streams.some(({ ended }) => ended === 'half-closed'),
  );
  const [first, ...others] = service.streams;
  t.equal(first?.ended, 'no', 'the log that stays has its stream');
  t.equal(others.filter(({ ended }) => ended === 'half-closed').length, 1);
});
