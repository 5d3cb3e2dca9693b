/** TLS of clients: handshakes, sessions, what looks at a connection before. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { Client, eventually, type Fields, get, header } from '../e2e/support.ts';
import { downstream, TlsClient } from '../e2e/tls_support.ts';
import { type Case, type Family, of, says, type See, stat, untilEnd } from './support.ts';
import { clientCases } from './tls_clients.ts';
import { fileCases, prepareFiles } from './tls_files.ts';
import {
  certificates,
  type Context,
  exchange,
  handshake,
  inbound,
  openssl,
  TLS,
  tlsStatus,
} from './tls_support.ts';
import { upstreamCases, upstreamServers } from './tls_upstream.ts';

const LISTENER = 'envoy.config.listener.v3';
const CORE = 'envoy.config.core.v3';
const INSPECTOR = 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';
const COMMON = `${TLS}.CommonTlsContext`;
const PARAMS = `${TLS}.TlsParameters`;
const DOWNSTREAM = `${TLS}.DownstreamTlsContext`;

const params = (tls_params: Fields): Context => ({ common: { tls_params } });
const only = (version: 'TLSv1.2' | 'TLSv1.3'): ConnectionOptions => ({
  minVersion: version,
  maxVersion: version,
});

function handshakes(files: string): Case[] {
  const { rsa } = certificates();
  const log = join(files, 'keys.log');
  const cipher = handshake(
    { ...only('TLSv1.2'), ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256' },
    (socket) => socket.getCipher().name,
  );
  const AES = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'];
  return [
    {
      fields: [
        ...of(`${LISTENER}.FilterChain`, 'transport_socket'),
        ...of(`${CORE}.TransportSocket`, 'typed_config'),
        ...of(DOWNSTREAM, 'common_tls_context'),
      ],
      on: { chain: { transport_socket: downstream([certificates().server]) } },
      off: {},
      see: tlsStatus(),
      seen: 200,
      unseen: 'refused',
    },
    inbound(
      [...of(COMMON, 'tls_params'), ...of(PARAMS, 'tls_minimum_protocol_version')],
      params({ tls_minimum_protocol_version: 'TLSv1_3' }),
      {},
      tlsStatus(only('TLSv1.2')),
      'refused',
      200,
    ),
    inbound(
      of(PARAMS, 'tls_maximum_protocol_version'),
      params({ tls_maximum_protocol_version: 'TLSv1_2' }),
      {},
      tlsStatus(only('TLSv1.3')),
      'refused',
      200,
    ),
    inbound(of(PARAMS, 'cipher_suites'), params({ cipher_suites: AES.slice(1) }), {}, cipher, AES[1], AES[0]),
    inbound(
      of(DOWNSTREAM, 'prefer_client_ciphers'),
      { ...params({ cipher_suites: AES }), own: { prefer_client_ciphers: true } },
      params({ cipher_suites: AES }),
      cipher,
      AES[1],
      AES[0],
    ),
    inbound(
      of(PARAMS, 'ecdh_curves'),
      params({ ecdh_curves: ['P-384'] }),
      {},
      handshake({ ecdhCurve: 'X25519:P-256:P-384' }, (socket) => socket.getEphemeralKeyInfo()),
      { type: 'ECDH', name: 'secp384r1', size: 384 },
      { type: 'ECDH', name: 'X25519', size: 253 },
    ),
    inbound(
      of(PARAMS, 'signature_algorithms'),
      { ...params({ signature_algorithms: ['rsa_pss_rsae_sha512'] }), pairs: [rsa] },
      { pairs: [rsa] },
      tlsStatus({ sigalgs: 'rsa_pss_rsae_sha256' }),
      'refused',
      200,
    ),
    inbound(
      of(COMMON, 'alpn_protocols'),
      { common: { alpn_protocols: ['http/1.1'] } },
      {},
      handshake({ ALPNProtocols: ['x', 'http/1.1'] }, (socket) => socket.alpnProtocol),
      'http/1.1',
      false,
    ),
    inbound(
      [...of(COMMON, 'key_log'), ...of(`${TLS}.TlsKeyLog`, 'path')],
      { common: { key_log: { path: log } } },
      undefined,
      async (view) => {
        await tlsStatus()(view);
        return eventually(
          'the keys',
          () => existsSync(log) && /^SERVER_TRAFFIC_SECRET_0 /m.test(readFileSync(log, 'utf8')),
        );
      },
      true,
    ),
    {
      fields: of(`${LISTENER}.FilterChain`, 'transport_socket_connect_timeout'),
      on: {
        chain: {
          transport_socket: downstream([certificates().server]),
          transport_socket_connect_timeout: '0.05s',
        },
      },
      see: async ({ port }) => untilEnd(port, ''),
      seen: '',
    },
  ];
}

/** Whether a second connection takes up the session of the first. */
const resumes: See = async ({ port }) => {
  const options = { servername: 'a.example', ...only('TLSv1.2') };
  const first = new TlsClient(port, options).send(get('/'));
  await first.response();
  const session = first.socket.getSession();
  first.close();
  const second = new TlsClient(port, session === undefined ? options : { ...options, session }).send(
    get('/'),
  );
  await second.response();
  const reused = second.socket.isSessionReused();
  second.close();
  return reused;
};

function sessions(): Case[] {
  const [stateless, stateful] = [
    'disable_stateless_session_resumption',
    'disable_stateful_session_resumption',
  ];
  const name = 'the key has a name of its own'.slice(0, 16);
  return [
    inbound(
      of(DOWNSTREAM, stateless),
      { own: { [stateless]: true, [stateful]: true } },
      { own: { [stateful]: true } },
      resumes,
      false,
      true,
    ),
    inbound(
      of(DOWNSTREAM, stateful),
      { own: { [stateless]: true, [stateful]: true } },
      { own: { [stateless]: true } },
      resumes,
      false,
      true,
    ),
    // A ticket begins with the name of its key, the first 16 bytes of what is configured.
    inbound(
      [...of(DOWNSTREAM, 'session_ticket_keys'), ...of(`${TLS}.TlsSessionTicketKeys`, 'keys')],
      { own: { session_ticket_keys: { keys: [{ inline_string: name.padEnd(80, 'k') }] } } },
      {},
      handshake(
        only('TLSv1.2'),
        (socket) => socket.getTLSTicket()?.subarray(0, 16).toString('latin1') === name,
      ),
      true,
      false,
    ),
    inbound(
      of(DOWNSTREAM, 'session_timeout'),
      { own: { session_timeout: '77s' } },
      {},
      openssl(['-tls1_2'], (text) => /lifetime hint: (\d+)/.exec(text)?.[1]),
      '77',
      '7200',
    ),
  ];
}

const inspector = (fields: Fields = {}): Fields => ({
  listener_filters: [
    { name: 'inspector', typed_config: { '@type': `type.googleapis.com/${INSPECTOR}`, ...fields } },
  ],
});

/** What looks at a connection before a chain is chosen. */
function inspection(): Case[] {
  const chain = { transport_socket: downstream([certificates().server]) };
  const nearly = '\x16\x03\x01\x00\x06\x02\x00\x00\x02ab';
  return [
    {
      fields: [...of(`${LISTENER}.Listener`, 'listener_filters'), `${LISTENER}.ListenerFilter.typed_config`],
      on: { chain, listener: inspector(), host: says('%REQUESTED_SERVER_NAME%') },
      off: { chain, host: says('%REQUESTED_SERVER_NAME%') },
      see: exchange({}, (response) => header(response, 'x-says')),
      seen: 'a.example',
      unseen: undefined,
    },
    {
      fields: of(INSPECTOR, 'max_client_hello_size'),
      on: { chain, listener: inspector({ max_client_hello_size: 256 }) },
      off: { chain, listener: inspector() },
      see: tlsStatus({ ALPNProtocols: ['x'.repeat(200), 'y'.repeat(200)] }),
      seen: 'refused',
      unseen: 200,
    },
    {
      fields: of(INSPECTOR, 'close_connection_on_client_hello_parsing_errors'),
      on: { listener: inspector({ close_connection_on_client_hello_parsing_errors: true }) },
      off: { listener: inspector() },
      see: async ({ port }) => [
        (await untilEnd(port, nearly)).slice(0, 12),
        (await untilEnd(port, get('/', 'connection: close\r\n'))).slice(0, 12),
      ],
      seen: ['', ''],
      unseen: ['HTTP/1.1 400', 'HTTP/1.1 200'],
    },
    {
      fields: of(`${LISTENER}.Listener`, 'listener_filters_timeout'),
      on: { listener: { ...inspector(), listener_filters_timeout: '0.05s' } },
      see: async ({ port }) => untilEnd(port, '', 5000),
      seen: '',
    },
    {
      fields: of(`${LISTENER}.Listener`, 'continue_on_listener_filters_timeout'),
      on: {
        listener: {
          ...inspector(),
          stat_prefix: 'continues',
          listener_filters_timeout: '0.05s',
          continue_on_listener_filters_timeout: true,
        },
      },
      off: { listener: { ...inspector(), stat_prefix: 'ends', listener_filters_timeout: '0.05s' } },
      see: async (view) => {
        const client = new Client(view.port);
        const name = `listener.${view.name.endsWith('on') ? 'continues' : 'ends'}.downstream_pre_cx_timeout`;
        await eventually('the timeout', () => stat(view, name));
        client.send(get('/', 'connection: close\r\n'));
        return (await client.untilEnd()).toString('latin1').slice(0, 12);
      },
      seen: 'HTTP/1.1 200',
      unseen: '',
    },
  ];
}

export const tls: Family = {
  name: 'tls',
  prepare: async (folder) => {
    prepareFiles(folder);
    return upstreamServers(folder);
  },
  cases: (folder) => [
    ...handshakes(folder),
    ...fileCases(folder),
    ...clientCases(),
    ...sessions(),
    ...inspection(),
    ...upstreamCases(folder),
  ],
};
