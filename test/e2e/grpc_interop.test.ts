// gRPC's interoperability cases (doc/interop-test-descriptions.md of gRPC) with a client and a server of
// grpc-js through the proxy: in clear text and with TLS on both sides; and what calls need beyond them.
import { readFileSync } from 'node:fs';
import { type ChannelCredentials, credentials, Metadata, ServerCredentials, status } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { Authority } from './certificates.ts';
import {
  callUnary,
  kDetails,
  kInitial,
  kTrailing,
  type Message,
  readAll,
  TestClient,
  TestServer,
} from './grpc_service.ts';
import { frame, http2Hosts } from './h2_support.ts';
import {
  ask,
  cluster,
  eventually,
  type Fields,
  freePort,
  header,
  listener,
  routes,
  start,
  toCluster,
} from './support.ts';

const authority = new Authority();
const own = authority.issue('127.0.0.1', { san: 'IP:127.0.0.1,DNS:localhost' });
const pem = (path: string): Buffer => readFileSync(path);

const plainServer = await new TestServer().listen();
const tlsServer = await new TestServer().listen(
  ServerCredentials.createSsl(null, [{ private_key: pem(own.key), cert_chain: pem(own.cert) }]),
);

const KIND = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';
const downstreamTls: Fields = {
  transport_socket: {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${KIND}.DownstreamTlsContext`,
      common_tls_context: {
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificates: [{ certificate_chain: { filename: own.cert }, private_key: { filename: own.key } }],
      },
    },
  },
};
const upstreamTls: Fields = {
  transport_socket: {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${KIND}.UpstreamTlsContext`,
      common_tls_context: { validation_context: { trusted_ca: { filename: authority.ca } } },
    },
  },
};
const bridge: Fields = {
  name: 'envoy.filters.http.grpc_http1_bridge',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_http1_bridge.v3.Config' },
};
const web: Fields = {
  name: 'envoy.filters.http.grpc_web',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb' },
};
const router: Fields = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

const [port, securePort] = [await freePort(), await freePort()];
const limits = { timeout: '0s' };
const manager = (name: string): Fields => ({
  stream_idle_timeout: '0s',
  http_filters: [web, bridge, router],
  route_config: routes([toCluster(name, limits)]),
});
const secure = listener('secure', securePort, manager('tls'));
Object.assign((secure.filter_chains as Fields[])[0] as Fields, downstreamTls);
const proxy = await start(
  {
    static_resources: {
      listeners: [listener('plain', port, manager('plain')), secure],
      clusters: [
        cluster('plain', [plainServer.port], http2Hosts),
        cluster('tls', [tlsServer.port], { ...http2Hosts, ...upstreamTls }),
      ],
    },
  },
  [port, securePort],
);
t.teardown(async () => {
  await proxy.stop();
  plainServer.close();
  tlsServer.close();
  authority.remove();
});

const body = (size: number): Buffer => Buffer.alloc(size);
const sizes = (messages: readonly Message[]): (number | undefined)[] =>
  messages.map(({ body }) => body?.length);

function cases(name: string, server: TestServer, address: string, how: ChannelCredentials): void {
  const client = new TestClient(address, how, {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  t.teardown(() => client.close());
  const test = (what: string, fn: (t: Test) => Promise<void>): void => {
    t.test(`${name}: ${what}`, fn);
  };

  test('empty_unary', async (t) => {
    const { status: end, messages } = await callUnary(client.EmptyCall, client);
    t.equal(end.code, status.OK);
    t.equal(messages.length, 1);
  });

  test('large_unary', async (t) => {
    const { status: end, messages } = await callUnary(client.UnaryCall, client, {
      responseSize: 314159,
      body: body(271828),
    });
    t.equal(end.code, status.OK);
    t.same(sizes(messages), [314159]);
    t.same(messages[0]?.body, body(314159));
  });

  test('messages of 8 MB', async (t) => {
    const { status: end, messages } = await callUnary(client.UnaryCall, client, {
      responseSize: 8 << 20,
      body: body(8 << 20),
    });
    t.equal(end.code, status.OK);
    t.same(sizes(messages), [8 << 20]);
  });

  test('client_streaming', async (t) => {
    const answer = await new Promise<Message | undefined>((resolve) => {
      const call = client.StreamingInputCall((error, response) => resolve(error ? undefined : response));
      for (const size of [27182, 8, 1828, 45904]) call.write({ body: body(size) });
      call.end();
    });
    t.equal(answer?.aggregated, 74922);
  });

  const wanted = [31415, 9, 2653, 58979];
  test('server_streaming', async (t) => {
    const { status: end, messages } = await readAll(client.StreamingOutputCall({ responseSizes: wanted }));
    t.equal(end.code, status.OK);
    t.same(sizes(messages), wanted);
  });

  test('ping_pong', async (t) => {
    const call = client.FullDuplexCall();
    const requests = [27182, 8, 1828, 45904].map((size, i) => ({
      responseSizes: [wanted[i] as number],
      body: body(size),
    }));
    call.write(requests[0] as Message);
    const { status: end, messages } = await readAll(call, (_message, count) => {
      const next = requests[count];
      if (next === undefined) call.end();
      else call.write(next);
    });
    t.equal(end.code, status.OK);
    t.same(sizes(messages), wanted);
  });

  test('empty_stream', async (t) => {
    const call = client.FullDuplexCall();
    call.end();
    const { status: end, messages } = await readAll(call);
    t.equal(end.code, status.OK);
    t.equal(messages.length, 0);
  });

  test('timeout_on_sleeping_server', async (t) => {
    const call = client.FullDuplexCall(new Metadata(), { deadline: new Date(Date.now() + 1) });
    call.write({ body: body(27182) });
    const { status: end } = await readAll(call);
    t.equal(end.code, status.DEADLINE_EXCEEDED);
  });

  test('a deadline that the server hears of', async (t) => {
    const before = server.calls.length;
    const call = client.FullDuplexCall(new Metadata(), { deadline: new Date(Date.now() + 200) });
    call.write({ body: body(10) });
    const { status: end } = await readAll(call);
    t.equal(end.code, status.DEADLINE_EXCEEDED);
    const seen = await eventually('the call', () => server.calls[before]);
    const left = Number(seen.deadline) - Date.now();
    t.ok(left < 10_000, `it ends in ${left} ms`);
    await eventually('its end', () => seen.cancelled);
  });

  test('cancel_after_begin', async (t) => {
    const before = server.calls.length;
    const end = await new Promise<{ code: number }>((resolve) => {
      const call = client.StreamingInputCall(() => undefined);
      call.on('status', resolve);
      void eventually('the call', () => server.calls.length > before).then(() => call.cancel());
    });
    t.equal(end.code, status.CANCELLED);
    await eventually('its end at the server', () => server.calls[before]?.cancelled);
  });

  test('cancel_after_first_response', async (t) => {
    const before = server.calls.length;
    const call = client.FullDuplexCall();
    call.write({ responseSizes: [31415], body: body(27182) });
    const { status: end, messages } = await readAll(call, () => call.cancel());
    t.equal(end.code, status.CANCELLED);
    t.same(sizes(messages), [31415]);
    await eventually('its end at the server', () => server.calls[before]?.cancelled);
  });

  const sad = { code: status.UNKNOWN, message: 'test status message' };
  test('status_code_and_message', async (t) => {
    const { status: end, messages } = await callUnary(client.UnaryCall, client, { status: sad });
    t.match(end, { code: sad.code, details: sad.message });
    t.equal(messages.length, 0);
    const call = client.FullDuplexCall();
    call.write({ status: sad });
    call.end();
    const { status: second } = await readAll(call);
    t.match(second, { code: sad.code, details: sad.message });
  });

  test('special_status_message', async (t) => {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \u{1F608}\t\n';
    const { status: end } = await callUnary(client.UnaryCall, client, {
      status: { code: status.UNKNOWN, message },
    });
    t.match(end, { code: status.UNKNOWN, details: message });
  });

  test('status details', async (t) => {
    const metadata = new Metadata();
    const details = Buffer.from([8, 5, 18, 0, 255, 128]);
    metadata.set('x-details-bin', details);
    const { status: end } = await callUnary(
      client.UnaryCall,
      client,
      { status: { code: status.NOT_FOUND, message: '' } },
      { metadata },
    );
    t.equal(end.code, status.NOT_FOUND);
    t.same(end.metadata.get(kDetails), [details]);
  });

  test('unimplemented_method', async (t) => {
    const { status: end } = await callUnary(client.UnimplementedCall, client);
    t.equal(end.code, status.UNIMPLEMENTED);
  });

  test('unimplemented_service', async (t) => {
    const { status: end } = await callUnary(client.OtherService, client);
    t.equal(end.code, status.UNIMPLEMENTED);
  });

  test('custom_metadata', async (t) => {
    const metadata = new Metadata();
    const trailing = Buffer.from([0xab, 0xab, 0xab]);
    metadata.set(kInitial, 'test_initial_metadata_value');
    metadata.set(kTrailing, trailing);
    const unary = await callUnary(
      client.UnaryCall,
      client,
      { responseSize: 314159, body: body(271828) },
      { metadata },
    );
    const call = client.FullDuplexCall(metadata);
    call.write({ responseSizes: [314159], body: body(271828) });
    call.end();
    for (const { status: end, initial, messages } of [unary, await readAll(call)]) {
      t.equal(end.code, status.OK);
      t.same(sizes(messages), [314159]);
      t.same(initial.get(kInitial), ['test_initial_metadata_value']);
      t.same(end.metadata.get(kTrailing), [trailing]);
    }
  });

  test('many calls at once', async (t) => {
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        callUnary(client.UnaryCall, client, { responseSize: i * 100, body: body(i * 50) }),
      ),
    );
    t.ok(all.every(({ status: end }) => end.code === status.OK));
    t.same(
      all.map(({ messages }) => messages[0]?.body?.length),
      all.map((_, i) => i * 100),
    );
  });
}

cases('clear text', plainServer, `127.0.0.1:${port}`, credentials.createInsecure());
cases('TLS', tlsServer, `localhost:${securePort}`, credentials.createSsl(pem(authority.ca)));

const path = '/grpc.testing.TestService/UnaryCall';
/** Of a SimpleRequest that asks for `size` bytes. */
const asking = (size: number): Buffer => frame(Buffer.from([16, size]));
const post = (fields: string, bytes: Buffer, to = path): Buffer =>
  Buffer.concat([
    Buffer.from(`POST ${to} HTTP/1.1\r\nhost: a\r\n${fields}content-length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);

t.test('HTTP/1.1 by the bridge', async (t) => {
  const answer = await ask(port, post('content-type: application/grpc\r\n', asking(5)));
  t.equal(answer.status, 200);
  t.equal(header(answer, 'grpc-status'), '0');
  t.equal(header(answer, 'content-length'), String(answer.body.length));
  t.same(answer.body, frame(Buffer.from([10, 7, 18, 5, 0, 0, 0, 0, 0])));
  const missing = await ask(
    port,
    post('content-type: application/grpc\r\n', asking(5), '/grpc.testing.TestService/None'),
  );
  t.equal(header(missing, 'grpc-status'), '12');
});

t.test('gRPC-Web', async (t) => {
  const answer = await ask(port, post('content-type: application/grpc-web+proto\r\n', asking(5)));
  t.equal(answer.status, 200);
  const message = frame(Buffer.from([10, 7, 18, 5, 0, 0, 0, 0, 0]));
  t.same(answer.body.subarray(0, message.length), message);
  const end = answer.body.subarray(message.length);
  t.equal(end[0], 0x80);
  t.equal(end.readUInt32BE(1), end.length - 5);
  t.match(end.subarray(5).toString(), /^grpc-status:0\r\n/);
  const text = await ask(
    port,
    post(
      'content-type: application/grpc-web-text\r\naccept: application/grpc-web-text\r\n',
      Buffer.from(asking(5).toString('base64')),
    ),
  );
  t.equal(header(text, 'content-type'), 'application/grpc-web-text+proto');
  t.equal(text.body.toString().slice(0, 20), message.toString('base64').slice(0, 20));
});
