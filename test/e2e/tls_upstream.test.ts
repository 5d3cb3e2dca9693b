// TLS to origins: server names, validation, client certificates, sessions.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Authority, pem, type Pair } from './certificates.ts';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  fileLog,
  freePort,
  get,
  header,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';
import { files, TlsOrigin, upstream } from './tls_support.ts';

const authority = new Authority();
const stranger = new Authority('Stranger');
t.teardown(() => {
  authority.remove();
  stranger.remove();
});
const good = authority.issue('test.example');
const trusted = { validation_context: { trusted_ca: { filename: authority.ca } } };

type Teardown = { teardown(fn: () => Promise<void>): void };

/** A TLS origin with this certificate that tells what it saw. */
async function originOf(t: Teardown, pair: Pair, options: { ca?: string } = {}): Promise<TlsOrigin> {
  const origin = await new TlsOrigin(
    {
      cert: pem(pair.cert),
      key: pem(pair.key),
      ...(options.ca === undefined
        ? {}
        : { ca: pem(options.ca), requestCert: true, rejectUnauthorized: true }),
    },
    (_, socket) => {
      const { subject } = socket.getPeerCertificate();
      const name = (socket as unknown as { servername?: string | false }).servername;
      return answer(
        'ok',
        `x-sni: ${name || 'none'}\r\nx-peer: ${subject?.CN ?? 'none'}\r\nx-reused: ${socket.isSessionReused()}\r\n`,
      ).toString();
    },
  ).listen();
  t.teardown(() => origin.close());
  return origin;
}

const log = join(authority.folder, 'requests.log');

const access = fileLog(log);
const inline_string =
  '%UPSTREAM_CLUSTER% %UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% %UPSTREAM_TRANSPORT_FAILURE_REASON%\n';
const logged = {
  ...access,
  typed_config: { ...(access.typed_config as Fields), log_format: { text_format_source: { inline_string } } },
};

/** A proxy with a cluster for each name. */
async function proxy(t: Teardown, clusters: Record<string, Fields>) {
  const [port, admin] = [await freePort(), await freePort()];
  const list = Object.keys(clusters).map((name) => toCluster(name, {}, { path: `/${name}` }));
  const running = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [listener('in', port, { route_config: routes(list), access_log: [logged] })],
        clusters: Object.values(clusters),
      },
    },
    [port],
    ['--file-flush-interval-msec', '50'],
  );
  t.teardown(() => running.stop());
  const stats = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${name}`)).text();
    return Number(new RegExp(`${name}: (\\d+)`).exec(text)?.[1] ?? -1);
  };
  return { port, stats, running };
}

const to = (name: string, origin: TlsOrigin, socket: Fields, fields: Fields = {}): Fields =>
  cluster(name, [origin.port], { transport_socket: socket, ...fields });

t.test('what the origin shows decides', async (t) => {
  const expired = authority.issue('test.example', { days: -1 });
  const wrongPurpose = authority.issue('test.example', { usage: 'clientAuth' });
  const wrongName = authority.issue('other.example');
  const nul = authority.issue('nul.example', { rawName: 'test.example\0.evil.example' });
  const revoked = authority.issue('test.example');
  const crl = authority.revoke(revoked);
  const strange = stranger.issue('test.example');
  const san = (exact: string): Fields => ({
    validation_context: {
      trusted_ca: { filename: authority.ca },
      match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact } }],
    },
  });
  const withCrl = { validation_context: { trusted_ca: { filename: authority.ca }, crl: { filename: crl } } };
  const at = async (pair: Pair): Promise<TlsOrigin> => await originOf(t, pair);
  const hidden = await at(nul);
  const [fine, late, purpose, named, gone, foreign] = [
    await at(good),
    await at(expired),
    await at(wrongPurpose),
    await at(wrongName),
    await at(revoked),
    await at(strange),
  ];
  // The statistic that tells of it; `true`: counted, but accepted.
  const cases: [string, TlsOrigin, Fields, string | undefined, true?][] = [
    ['good', fine, trusted, undefined],
    ['unchecked', foreign, {}, undefined],
    ['expired', late, trusted, 'fail_verify_error'],
    [
      'expired_allowed',
      late,
      { validation_context: { ...trusted.validation_context, allow_expired_certificate: true } },
      undefined,
    ],
    ['purpose', purpose, trusted, 'fail_verify_error'],
    ['foreign', foreign, trusted, 'fail_verify_error'],
    [
      'foreign_accepted',
      foreign,
      { validation_context: { ...trusted.validation_context, trust_chain_verification: 'ACCEPT_UNTRUSTED' } },
      'fail_verify_error',
      true,
    ],
    ['name', fine, san('test.example'), undefined],
    ['wrong_name', named, san('test.example'), 'fail_verify_san'],
    ['nul', hidden, san('test.example'), 'fail_verify_san'],
    ['not_revoked', fine, withCrl, undefined],
    ['revoked', gone, withCrl, 'fail_verify_error'],
  ];
  const clusters = Object.fromEntries(
    cases.map(([name, origin, common]) => [
      name,
      to(name, origin, upstream(common, { sni: 'test.example' })),
    ]),
  );
  const { port, stats } = await proxy(t, clusters);
  for (const [name, , , failure, accepted] of cases) {
    const response = await ask(port, get(`/${name}`));
    t.equal(response.status, failure === undefined || accepted ? 200 : 503, name);
    for (const counter of ['fail_verify_error', 'fail_verify_san']) {
      const expected = counter === failure ? 1 : 0;
      t.equal(await stats(`cluster.${name}.ssl.${counter}`), expected, `${name}: ${counter}`);
    }
    t.equal(await stats(`cluster.${name}.upstream_cx_connect_fail`), response.status === 200 ? 0 : 1);
  }
  // Access logs tell of it.
  const lines = await eventually('the lines', () => {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
    return /^revoked /m.test(text) ? text.split('\n') : undefined;
  });
  t.ok(
    lines.some((line) => /^good TLSv1\.3 TLS_AES_\S+ -$/.test(line)),
    lines.join('\n'),
  );
  t.ok(
    lines.some((line) =>
      /^wrong_name - - TLS_error:\|.*:verify_cert_failed:_SAN_matcher:TLS_error_end$/.test(line),
    ),
    lines.join('\n'),
  );
});

t.test('the server name: fixed, of the host, of the request', async (t) => {
  const origin = await originOf(t, authority.issue('a.example', { san: 'DNS:a.example,DNS:b.example' }));
  const auto = (extra: Fields = {}): Fields => ({
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http_protocol_options: {} },
        upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true, ...extra },
      },
    },
  });
  const host = {
    load_assignment: {
      cluster_name: 'host',
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                hostname: 'b.example',
                address: { socket_address: { address: '127.0.0.1', port_value: origin.port } },
              },
            },
          ],
        },
      ],
    },
  };
  const { port, stats } = await proxy(t, {
    fixed: to('fixed', origin, upstream(trusted, { sni: 'a.example', auto_sni_san_validation: true })),
    wrong: to('wrong', origin, upstream(trusted, { sni: 'c.example', auto_sni_san_validation: true })),
    host: to('host', origin, upstream(trusted, { sni: 'a.example', auto_host_sni: true }), host),
    auto: to('auto', origin, upstream(trusted), auto()),
    header: to('header', origin, upstream(trusted), auto({ override_auto_sni_header: 'x-name' })),
  });
  const sni = async (request: string): Promise<string | undefined> => {
    const response = await ask(port, request);
    return response.status === 200 ? header(response, 'x-sni') : String(response.status);
  };
  t.equal(await sni(get('/fixed')), 'a.example');
  t.equal(await sni(get('/wrong')), '503');
  t.equal(await stats('cluster.wrong.ssl.fail_verify_san'), 1);
  t.equal(await sni(get('/host')), 'b.example');
  t.equal(await sni(get('/auto', '', 'a.example:8443')), 'a.example');
  t.equal(await sni(get('/auto', '', 'b.example')), 'b.example', 'a connection for each name');
  t.equal(await sni(get('/auto', '', 'a.example')), 'a.example', 'and it is used again');
  t.equal(await stats('cluster.auto.upstream_cx_total'), 2);
  t.equal(await sni(get('/auto', '', 'c.example')), '503');
  t.equal(await sni(get('/header', 'x-name: b.example\r\n', 'a.example')), 'b.example');
});

t.test('client certificates and sessions', async (t) => {
  const client = authority.issue('client.example');
  const strange = stranger.issue('client.example');
  const origin = await originOf(t, good, { ca: authority.ca });
  const once = {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http_protocol_options: {} },
        common_http_protocol_options: { max_requests_per_connection: 1 },
      },
    },
  };
  const versions = (v: string): Fields => ({
    tls_params: { tls_minimum_protocol_version: v, tls_maximum_protocol_version: v },
  });
  const own = { ...trusted, tls_certificates: [files(client)] };
  const { port, stats } = await proxy(t, {
    new13: to('new13', origin, upstream({ ...own, ...versions('TLSv1_3') }, { sni: 'test.example' }), once),
    new12: to('new12', origin, upstream({ ...own, ...versions('TLSv1_2') }, { sni: 'test.example' }), once),
    never: to('never', origin, upstream(own, { sni: 'test.example', max_session_keys: 0 }), once),
    none: to('none', origin, upstream(trusted)),
    strange: to('strange', origin, upstream({ ...trusted, tls_certificates: [files(strange)] })),
  });
  for (const name of ['new13', 'new12']) {
    const first = await ask(port, get(`/${name}`));
    t.equal(header(first, 'x-peer'), 'client.example');
    t.equal(header(first, 'x-reused'), 'false');
    await eventually(`${name} to resume`, async () => {
      const response = await ask(port, get(`/${name}`));
      t.equal(response.status, 200);
      return header(response, 'x-reused') === 'true';
    });
    t.ok((await stats(`cluster.${name}.ssl.session_reused`)) >= 1);
  }
  for (let i = 0; i < 2; i++) t.equal(header(await ask(port, get('/never')), 'x-reused'), 'false');
  t.equal((await ask(port, get('/none'))).status, 503);
  t.equal((await ask(port, get('/strange'))).status, 503);
});

t.test('the context goes by the metadata of the endpoint', async (t) => {
  const secure = await originOf(t, good);
  const bare = await new Origin(() => answer('plain')).listen();
  t.teardown(() => bare.close());
  const at = (port: number, label: string): Fields => ({
    endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
    metadata: { filter_metadata: { 'envoy.transport_socket_match': { kind: label, other: 1 } } },
  });
  const matched = (name: string, endpoint: Fields): Fields => ({
    name,
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
    transport_socket: upstream(trusted, { sni: 'fallback.example' }),
    transport_socket_matches: [
      {
        name: 'both',
        match: { kind: 'a', missing: 'x' },
        transport_socket: upstream(trusted, { sni: 'no.example' }),
      },
      { name: 'tls', match: { kind: 'a' }, transport_socket: upstream(trusted, { sni: 'a.example' }) },
      {
        name: 'plain',
        match: { kind: 'b' },
        transport_socket: {
          name: 'envoy.transport_sockets.raw_buffer',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
          },
        },
      },
    ],
  });
  const { port } = await proxy(t, {
    tls: matched('tls', at(secure.port, 'a')),
    plain: matched('plain', at(bare.port, 'b')),
    rest: matched('rest', at(secure.port, 'c')),
  });
  t.equal(header(await ask(port, get('/tls')), 'x-sni'), 'a.example');
  t.equal((await ask(port, get('/plain'))).body.toString(), 'plain');
  t.equal(header(await ask(port, get('/rest')), 'x-sni'), 'fallback.example');
});
