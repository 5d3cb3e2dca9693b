/** TLS to hosts. All hosts are Unix sockets in the folder of the family, which answer what they have seen. */
import { join } from 'node:path';
import { type Pair, pem } from '../e2e/certificates.ts';
import { answer, ask, type Fields, get, header, type Json } from '../e2e/support.ts';
import { files, TlsOrigin, upstream } from '../e2e/tls_support.ts';
import { type Case, of, type See, type Site, statuses } from './support.ts';
import { ca, certificates, TLS } from './tls_support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CORE = 'envoy.config.core.v3';
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const UPSTREAM = `${TLS}.UpstreamTlsContext`;
const MATCH = `${CLUSTER}.TransportSocketMatch`;

/** The servers, by the name of their socket. */
const hosts = (): Record<string, Pair> => ({
  good: certificates().server,
  unsigning: certificates().noSignature,
});

export async function upstreamServers(folder: string): Promise<() => Promise<void>> {
  const origins: TlsOrigin[] = [];
  for (const [name, pair] of Object.entries(hosts())) {
    const origin = new TlsOrigin(
      { cert: pem(pair.cert), key: pem(pair.key), requestCert: true, rejectUnauthorized: false },
      (_, socket) => {
        const { servername } = socket as unknown as { servername?: string | false };
        const seen = `x-sni: ${servername || 'none'}\r\nx-peer: ${socket.getPeerCertificate().subject?.CN ?? 'none'}`;
        return answer('ok', `${seen}\r\nx-reused: ${socket.isSessionReused()}\r\n`).toString();
      },
    );
    origins.push(await origin.listen(join(folder, `${name}.sock`)));
  }
  return async () => {
    for (const origin of origins) await origin.close();
  };
}

export function upstreamCases(folder: string): Case[] {
  const at = (name: string, more: Fields = {}): Json => ({
    endpoint: { address: { pipe: { path: join(folder, `${name}.sock`) } }, ...more },
  });
  const to = (host: Json, fields: Fields): Site => ({
    cluster: { load_assignment: { cluster_name: 'c', endpoints: [{ lb_endpoints: [host] }] }, ...fields },
  });
  const trusted = { validation_context: ca() };
  const pair = (
    fields: string[],
    [on, off]: readonly [Fields, Fields],
    see: See,
    seen: unknown,
    unseen: unknown,
    host = at('good'),
  ): Case => ({ fields, on: to(host, on), off: to(host, off), see, seen, unseen });
  const socket = (common: Fields, fields: Fields = {}): Fields => ({
    transport_socket: upstream(common, fields),
  });
  /** Two contexts that differ in fields of their own. */
  const contexts = (on: Fields, off: Fields, common: Fields = trusted) =>
    [socket(common, on), socket(common, off)] as const;
  const says =
    (name: string, request = get('/')): See =>
    async ({ port }) => {
      const response = await ask(port, request);
      return response.status === 200 ? header(response, name) : response.status;
    };
  const http = (fields: Fields): Fields => ({
    typed_extension_protocol_options: {
      [OPTIONS]: {
        '@type': `type.googleapis.com/${OPTIONS}`,
        explicit_http_config: { http_protocol_options: {} },
        ...fields,
      },
    },
  });
  const auto = (fields: Fields | undefined): Fields => ({
    ...socket(trusted),
    ...http(fields === undefined ? {} : { upstream_http_protocol_options: fields }),
  });
  const upstreamHttp = (names: string): string[] => of(`${CORE}.UpstreamHttpProtocolOptions`, names);

  /** Whether one of some requests, each on a connection of its own, takes up a session. */
  const resumes: See = async (view) => {
    for (let i = 0; i < 3; i++) if ((await says('x-reused')(view)) === 'true') return true;
    return false;
  };
  const once = http({ common_http_protocol_options: { max_requests_per_connection: 1 } });
  const old = { ...trusted, tls_params: { tls_maximum_protocol_version: 'TLSv1_2' } };

  return [
    pair(
      [...of(CLUSTER, 'transport_socket'), ...of(UPSTREAM, 'common_tls_context')],
      [socket({ ...trusted, tls_certificates: [files(certificates().client)] }), socket({})],
      says('x-peer'),
      'client.example',
      'none',
    ),
    pair(of(CLUSTER, 'transport_socket'), [socket({}), {}], statuses('/'), [200], [503]),
    pair(of(UPSTREAM, 'sni'), contexts({ sni: 'sni.example' }, {}), says('x-sni'), 'sni.example', 'none'),
    pair(
      of(UPSTREAM, 'auto_host_sni'),
      contexts({ auto_host_sni: true }, {}),
      says('x-sni'),
      'host.example',
      'none',
      at('good', { hostname: 'host.example' }),
    ),
    pair(
      of(UPSTREAM, 'auto_sni_san_validation'),
      contexts({ sni: 'wrong.example', auto_sni_san_validation: true }, { sni: 'wrong.example' }),
      statuses('/'),
      [503],
      [200],
    ),
    pair(
      of(UPSTREAM, 'enforce_rsa_key_usage'),
      contexts({ enforce_rsa_key_usage: false }, {}),
      statuses('/'),
      [200],
      [503],
      at('unsigning'),
    ),
    {
      fields: of(UPSTREAM, 'max_session_keys'),
      on: to(at('good'), { ...socket(old, { max_session_keys: 0 }), ...once }),
      off: to(at('good'), { ...socket(old), ...once }),
      see: resumes,
      seen: false,
      unseen: true,
    },
    pair(
      [...of(OPTIONS, 'upstream_http_protocol_options'), ...upstreamHttp('auto_sni')],
      [auto({ auto_sni: true }), auto(undefined)],
      says('x-sni', get('/', '', 'asked.example')),
      'asked.example',
      'none',
    ),
    pair(
      upstreamHttp('auto_san_validation'),
      [auto({ auto_sni: true, auto_san_validation: true }), auto({ auto_sni: true })],
      statuses(get('/', '', 'asked.example')),
      [503],
      [200],
    ),
    pair(
      upstreamHttp('override_auto_sni_header'),
      [auto({ auto_sni: true, override_auto_sni_header: 'x-name' }), auto({ auto_sni: true })],
      says('x-sni', get('/', 'x-name: named.example\r\n', 'asked.example')),
      'named.example',
      'asked.example',
    ),
    ...matched(at('good') as Fields, to, says('x-sni')),
  ];
}

/** The context goes by the metadata of the host. */
function matched(host: Fields, to: (host: Json, fields: Fields) => Site, see: See): Case[] {
  const own = upstream({}, { sni: 'matched.example' });
  const labelled = (kind: string): Fields => ({
    ...host,
    metadata: { filter_metadata: { 'envoy.transport_socket_match': { kind } } },
  });
  const matches = (kind: string, transport_socket: Fields = own): Fields => ({
    transport_socket: upstream({}, { sni: 'other.example' }),
    transport_socket_matches: [{ name: 'match', match: { kind }, transport_socket }],
  });
  const one = (fields: string[], on: Site, off: Site): Case => ({
    fields,
    on,
    off,
    see,
    seen: 'matched.example',
    unseen: 'other.example',
  });
  return [
    one(
      [...of(CLUSTER, 'transport_socket_matches'), ...of(MATCH, 'match')],
      to(labelled('a'), matches('a')),
      to(labelled('a'), matches('b')),
    ),
    one(
      of(MATCH, 'transport_socket'),
      to(labelled('a'), matches('a')),
      to(labelled('a'), matches('a', upstream({}, { sni: 'other.example' }))),
    ),
    one(
      of('envoy.config.endpoint.v3.LbEndpoint', 'metadata'),
      to(labelled('a'), matches('a')),
      to(labelled('b'), matches('a')),
    ),
  ];
}
