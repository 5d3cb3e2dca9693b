/**
 * Secrets from a control plane: mutual TLS between two proxies, rotated while requests run; what is warm when;
 * what is refused.
 */
// observes: envoy.extensions.transport_sockets.tls.v3.CommonTlsContext: tls_certificate_sds_secret_configs validation_context_sds_secret_config combined_validation_context
// observes: envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext: default_validation_context validation_context_sds_secret_config
// observes: envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig: name sds_config
// observes: envoy.extensions.transport_sockets.tls.v3.Secret: name tls_certificate validation_context session_ticket_keys
// observes: envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext: session_ticket_keys_sds_secret_config
import tls from 'node:tls';
import t from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { Authority, pem } from '../e2e/certificates.ts';
import { cluster, eventually, freePort, listener, routes, toCluster } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { answers, ask, bootstrap, type Mode, origin, type Attache, proxy, sourceOf } from './world.ts';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';
const text = (path: string): Plain => ({ inline_string: pem(path).toString() });

/** A certificate as a secret, and whom to trust. */
const identity = (name: string, { cert, key }: { cert: string; key: string }): Plain => ({
  name,
  tls_certificate: { certificate_chain: text(cert), private_key: text(key) },
});
const trust = (name: string, ca: string): Plain => ({ name, validation_context: { trusted_ca: text(ca) } });

const sds = (mode: Mode, name: string, more: Plain = {}): Plain => ({
  name,
  sds_config: { ...sourceOf(mode), ...more },
});

function downstream(mode: Mode, more: Plain = {}): Plain {
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TLS}.DownstreamTlsContext`,
      require_client_certificate: true,
      common_tls_context: {
        tls_certificate_sds_secret_configs: [sds(mode, 'server', more)],
        validation_context_sds_secret_config: sds(mode, 'trust', more),
      },
    },
  };
}

function upstream(mode: Mode): Plain {
  return {
    name: 'tls',
    typed_config: {
      '@type': `${TLS}.UpstreamTlsContext`,
      sni: 'server.test',
      common_tls_context: {
        tls_certificate_sds_secret_configs: [sds(mode, 'client')],
        combined_validation_context: {
          default_validation_context: {
            match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'server.test' } }],
          },
          validation_context_sds_secret_config: sds(mode, 'trust'),
        },
      },
    },
  };
}

const to = (name: string): Plain => ({ route_config: routes([toCluster(name)]) as never });

/** `front` speaks TLS to `back`, which has the origin behind it. Both get everything from one server. */
async function mesh(test: Parameters<typeof proxy>[0], mode: Mode) {
  const cache = new SnapshotCache();
  const nacks: string[] = [];
  const server = new XdsServer(cache, {
    callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
  });
  const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
  const xds = grpc?.port ?? 0;
  const one = await origin('one');
  const [frontPort, backPort] = [await freePort(), await freePort()];
  const back = {
    clusters: [cluster('origin', [one.port])],
    listeners: [secured(listener('back', backPort, to('origin') as never) as Plain, downstream(mode))],
  };
  const front = {
    clusters: [{ ...cluster('back', [backPort]), transport_socket: upstream(mode) }],
    listeners: [listener('front', frontPort, to('back') as never)],
  };
  const set = (secrets: { server: Plain; client: Plain; trust: Plain }, version: string): void => {
    const list = [secrets.server, secrets.client, secrets.trust];
    cache.set('back', { ...back, secrets: [secrets.server, secrets.trust] } as never, version);
    cache.set('front', { ...front, secrets: list.slice(1) } as never, version);
  };
  const start = (id: string): Promise<Attache> => proxy(test, (admin) => bootstrap(mode, xds, admin, { id }));
  test.teardown(async () => {
    await server.close();
    one.close();
  });
  return { cache, server, set, start, nacks, frontPort, backPort, back, front };
}

function secured(made: Plain, transport_socket: Plain): Plain {
  const chains = (made.filter_chains as Plain[]).map((chain) => ({ ...chain, transport_socket }));
  return { ...made, filter_chains: chains };
}

/** The serial number of the certificate that a server shows. */
function shown(port: number, pair: { cert: string; key: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect(
      { port, host: '127.0.0.1', cert: pem(pair.cert), key: pem(pair.key), rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

for (const mode of ['ads-sotw', 'ads-delta', 'grpc'] as const) {
  t.test(`${mode}: mutual TLS between two proxies, rotated while requests run`, async (t) => {
    const authority = new Authority();
    const other = new Authority('Other CA');
    t.teardown(() => {
      authority.remove();
      other.remove();
    });
    const world = await mesh(t, mode);
    const issue = (by: Authority) => ({
      server: by.issue('server.test', { san: 'DNS:server.test' }),
      client: by.issue('client.test', { san: 'DNS:client.test' }),
    });
    const first = issue(authority);
    const secrets = (pairs: ReturnType<typeof issue>, ca: string) => ({
      server: identity('server', pairs.server),
      client: identity('client', pairs.client),
      trust: trust('trust', ca),
    });
    world.set(secrets(first, authority.ca), '1');
    const [back] = await Promise.all([world.start('back'), world.start('front')]);
    await answers(world.frontPort, '200 - one');
    const before = await shown(world.backPort, first.client);

    let asking = true;
    const results = new Set<string>();
    const busy = (async () => {
      while (asking) results.add(await ask(world.frontPort));
    })();
    // New certificates of the same authority, then of another one that was made known before.
    const second = issue(authority);
    world.set(secrets(second, authority.ca), '2');
    await eventually(
      'the new certificate',
      async () => (await shown(world.backPort, first.client)) !== before,
    );
    const both = {
      name: 'trust',
      validation_context: { trusted_ca: { inline_string: `${pem(authority.ca)}\n${pem(other.ca)}` } },
    };
    world.set({ ...secrets(second, authority.ca), trust: both }, '3');
    await world.server.settled();
    const third = issue(other);
    world.set({ ...secrets(third, other.ca), trust: both }, '4');
    await world.server.settled();
    asking = false;
    await busy;
    t.same([...results], ['200 - one'], 'no request notices');
    t.same(world.nacks, []);
    world.set(secrets(third, other.ca), '5');
    await world.server.settled();
    await answers(world.frontPort, '200 - one');
    await t.rejects(
      shown(world.backPort, first.client).then(() => fetchOnce(world.backPort, first.client)),
      'the first authority is not trusted any longer',
    );

    // A key that does not fit is refused with its place; what serves goes on.
    const mixed = identity('server', { cert: third.server.cert, key: first.server.key });
    world.set({ ...secrets(third, other.ca), server: mixed }, '6');
    await eventually('the refusal', () => world.nacks.length > 0);
    t.match(world.nacks[0], /server: .*private_key/);
    t.equal(await ask(world.frontPort), '200 - one');
    t.equal(await back.stat('sds.server.update_rejected'), 1);
    t.ok((await back.stat('sds.server.update_success')) >= 3);
    const dump = await back.get('/config_dump?resource=dynamic_active_secrets');
    t.match(dump, /"name": "server"/);
    t.match(dump, /\[redacted\]/);
    t.notMatch(dump, /PRIVATE KEY/);
    t.match(dump, /error_state/);
  });
}

/** A request over TLS; rejects when the server does not want the client. */
function fetchOnce(port: number, pair: { cert: string; key: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect(
      { port, host: '127.0.0.1', cert: pem(pair.cert), key: pem(pair.key), rejectUnauthorized: false },
      () => socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'),
    );
    let all = '';
    socket.on('data', (data) => {
      all += data;
    });
    socket.on('error', reject);
    socket.on('close', () => (all === '' ? reject(new Error('closed')) : resolve(all)));
  });
}

t.test('a listener waits for its secrets, or for their time', async (t) => {
  const authority = new Authority();
  t.teardown(() => authority.remove());
  const pair = authority.issue('server.test', { san: 'DNS:server.test' });
  const mode = 'ads-delta' as const;
  const world = await mesh(t, mode);
  world.cache.set('back', { ...world.back, secrets: [trust('trust', authority.ca)] } as never, '1');
  const back = await world.start('back');
  await back.until('listener_manager.total_listeners_warming', 1);
  t.notMatch(await back.get('/ready'), /LIVE/);
  t.match(await back.get('/init_dump'), /SdsApi server/);
  t.equal(await ask(world.backPort), 'nothing');
  world.cache.set(
    'back',
    { ...world.back, secrets: [identity('server', pair), trust('trust', authority.ca)] } as never,
    '2',
  );
  await back.live();
  t.match(await fetchOnce(world.backPort, pair), /one/);

  // In time or not: then it serves, and turns TLS away until there are secrets.
  const late = secured(
    listener('late', await freePort(), to('origin') as never) as Plain,
    downstream(mode, { initial_fetch_timeout: '0.05s' }),
  );
  const port = (late.address as { socket_address: { port_value: number } }).socket_address.port_value;
  const renamed = JSON.parse(JSON.stringify(late).replaceAll('"server"', '"missing"')) as Plain;
  const snapshot = (secrets: Plain[]) => ({
    ...world.back,
    listeners: [...world.back.listeners, renamed],
    secrets: [identity('server', pair), trust('trust', authority.ca), ...secrets],
  });
  world.cache.set('back', snapshot([]) as never, '3');
  await eventually(
    'the listener',
    async () => (await back.stat('listener_manager.total_listeners_active')) === 2,
  );
  await t.rejects(fetchOnce(port, pair));
  world.cache.set('back', snapshot([identity('missing', pair)]) as never, '4');
  await eventually('the secret', () =>
    fetchOnce(port, pair).then(
      () => true,
      () => false,
    ),
  );
  t.pass();
});

/** Whether a session is resumed (TLS 1.2), and the session to go on with. */
function resumed(port: number, session?: Buffer): Promise<{ reused: boolean; session: Buffer | undefined }> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' } as const;
    const socket = tls.connect({ ...options, ...(session === undefined ? {} : { session }) }, () => {
      resolve({ reused: socket.isSessionReused(), session: socket.getSession() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

t.test('session ticket keys', async (t) => {
  const authority = new Authority();
  t.teardown(() => authority.remove());
  const pair = authority.issue('server.test', { san: 'DNS:server.test' });
  const mode = 'ads-delta' as const;
  const world = await mesh(t, mode);
  const transport_socket = {
    name: 'tls',
    typed_config: {
      '@type': `${TLS}.DownstreamTlsContext`,
      disable_stateful_session_resumption: true,
      common_tls_context: { tls_certificate_sds_secret_configs: [sds(mode, 'server')] },
      session_ticket_keys_sds_secret_config: sds(mode, 'tickets'),
    },
  };
  const listeners = [
    secured(listener('back', world.backPort, to('origin') as never) as Plain, transport_socket),
  ];
  const set = (keys: readonly string[], version: string): void => {
    const session_ticket_keys = { keys: keys.map((key) => ({ inline_string: key.repeat(80) })) };
    const secrets = [identity('server', pair), { name: 'tickets', session_ticket_keys }];
    world.cache.set('back', { ...world.back, listeners, secrets } as never, version);
  };
  set(['a'], '1');
  const back = await world.start('back');
  await back.live();
  const { session } = await resumed(world.backPort);
  t.ok((await resumed(world.backPort, session)).reused);
  set(['b', 'a'], '2');
  await world.server.settled();
  t.ok((await resumed(world.backPort, session)).reused, 'the old key still opens tickets');
  set(['b'], '3');
  await world.server.settled();
  t.notOk((await resumed(world.backPort, session)).reused);
  t.same(world.nacks, []);
  set(['more than one character'], '4');
  await eventually('the refusal', () => world.nacks.length > 0);
  t.match(world.nacks[0], /tickets: session_ticket_keys\.keys\[0\].*80 bytes/);
});
