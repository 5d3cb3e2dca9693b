/** HTTP/2 of clients: which codec a connection has, what it promises, and what it does not put up with. */
import { connect } from 'node:http2';
import { eventually, type Fields } from '../e2e/support.ts';
import { FLAGS, frame, HEADERS, RawH2, request, session, TYPES } from './http2_support.ts';
import { type Case, type Family, of, type See, type Site, stat, type View } from './support.ts';
import { upstreamHttp2Cases, http2Hosts } from './http2_upstream.ts';

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const CORE = 'envoy.config.core.v3';
const OPTIONS = `${CORE}.Http2ProtocolOptions`;
const KEEPALIVE = `${CORE}.KeepaliveSettings`;

const setting = (
  name: 'headerTableSize' | 'maxConcurrentStreams' | 'initialWindowSize' | 'enableConnectProtocol',
): See =>
  session(async (client) => {
    await eventually(
      'the settings',
      () => client.remoteSettings?.headerTableSize !== undefined && !client.connecting,
    );
    await request(client);
    return client.remoteSettings[name];
  });

const site = (http2_protocol_options: Fields, more: Site = {}): Site => ({
  ...more,
  manager: { codec_type: 'HTTP2', http2_protocol_options },
});
const pair = (
  fields: string[],
  [on, off]: readonly [Fields, Fields],
  see: See,
  seen: unknown,
  unseen: unknown,
  more: Site = {},
): Case => ({ fields, on: site(on, more), off: site(off, more), see, seen, unseen });

function promises(): Case[] {
  const option = (name: string, value: number | boolean, see: See, unseen: unknown): Case =>
    pair(of(OPTIONS, name), [{ [name]: value }, {}], see, value, unseen);
  return [
    {
      fields: of(HCM, 'codec_type'),
      on: { manager: { codec_type: 'HTTP2' } },
      off: { manager: { codec_type: 'HTTP1' } },
      see: session(request),
      seen: 200,
      unseen: 'refused',
    },
    {
      ...option('hpack_table_size', 1024, setting('headerTableSize'), 4096),
      fields: [...of(HCM, 'http2_protocol_options'), ...of(OPTIONS, 'hpack_table_size')],
    },
    option('max_concurrent_streams', 7, setting('maxConcurrentStreams'), 1024),
    option('initial_stream_window_size', 100_000, setting('initialWindowSize'), 16 << 20),
    option(
      'initial_connection_window_size',
      100_000,
      session(async (client) => {
        await request(client);
        return client.state.remoteWindowSize;
      }),
      24 << 20,
    ),
    option('allow_connect', true, setting('enableConnectProtocol'), false),
  ];
}

const question = frame(TYPES.ping, 0, 0, Buffer.from('question'));

/** Whether a connection goes on after these frames. */
const survives =
  (...frames: Buffer[]): See =>
  async ({ port }) => {
    const client = new RawH2(port).send(...frames, question);
    try {
      return await client.survives();
    } finally {
      client.close();
    }
  };

const many = (count: number, one: Buffer): Buffer[] => Array.from({ length: count }, () => one);

/** Whether updates of its window that a client sends after an answer are too many. */
const survivesUpdates: See = async ({ port }) => {
  const client = new RawH2(port).send(HEADERS.get(1));
  try {
    await eventually('the answer', () => client.frames.some(({ type }) => type === TYPES.data));
    client.send(...many(60, frame(TYPES.windowUpdate, 0, 0, Buffer.from([0, 0, 0, 1]))));
    client.send(question);
    return await client.survives();
  } finally {
    client.close();
  }
};

const counted = async (view: View, name: string): Promise<number> => (await stat(view, name)) ?? 0;

/** What becomes of a connection whose client reads nothing, once all that it has sent is read. */
async function afterAll(view: View, bytes: number): Promise<string> {
  await eventually(
    'all to be read',
    async () =>
      (await counted(view, 'http.$.downstream_cx_rx_bytes_total')) >= bytes ||
      (await counted(view, 'http.$.downstream_cx_destroy')) > 0,
  );
  return (await counted(view, 'http.$.downstream_cx_destroy')) > 0 ? 'closed' : 'waits';
}

/** Answers that wait behind one that fills all buffers. */
const manyAnswers: See = async (view) => {
  const client = new RawH2(view.port, false).send(HEADERS.with(1, FLAGS.endStream, 'x-do', 'large'));
  const full = 'cluster.$.upstream_flow_control_paused_reading_total';
  await eventually('full buffers', async () => (await counted(view, full)) > 0);
  client.send(...Array.from({ length: 30 }, (_, i) => HEADERS.get(3 + 2 * i)));
  await eventually('all answers', async () => (await counted(view, 'cluster.$.upstream_rq_completed')) >= 31);
  const before = await counted(view, 'http.$.downstream_cx_rx_bytes_total');
  client.send(question);
  const end = await afterAll(view, before + question.length);
  client.close();
  return end;
};

const PINGS = 9000;
const manyPings: See = async (view) => {
  const client = new RawH2(view.port, false).send(...many(PINGS, question));
  const end = await afterAll(view, PINGS * question.length);
  client.close();
  return end;
};

function floods(): Case[] {
  const empty = frame(TYPES.data, 0, 1);
  const priority = frame(TYPES.priority, 0, 1, Buffer.from([0, 0, 0, 0, 16]));
  const invalid = HEADERS.with(1, FLAGS.endStream, 'X-Upper', 'case');
  const small: Site = { listener: { socket_options: [{ level: 1, name: 7, int_value: 4096 }] } };
  const limit = (
    name: string,
    value: number,
    otherwise: Fields,
    see: See,
    seen: unknown,
    unseen: unknown,
    more?: Site,
  ) => pair(of(OPTIONS, name), [{ [name]: value }, otherwise], see, seen, unseen, more);
  return [
    limit(
      'max_consecutive_inbound_frames_with_empty_payload',
      7,
      {},
      survives(HEADERS.post(1), ...many(4, empty)),
      true,
      false,
    ),
    limit('max_inbound_priority_frames_per_stream', 1, {}, survives(...many(50, priority)), false, true),
    limit(
      'max_inbound_window_update_frames_per_data_frame_sent',
      1,
      { max_inbound_window_update_frames_per_data_frame_sent: 1000 },
      survivesUpdates,
      false,
      true,
    ),
    limit('max_outbound_frames', 10, {}, manyAnswers, 'closed', 'waits', { cluster: {} }),
    limit(
      'max_outbound_control_frames',
      5,
      { max_outbound_control_frames: 10 * PINGS },
      manyPings,
      'closed',
      'waits',
      small,
    ),
    pair(
      of(OPTIONS, 'override_stream_error_on_invalid_http_message'),
      [{ override_stream_error_on_invalid_http_message: true }, {}],
      survives(invalid),
      true,
      false,
    ),
    pair(
      of(OPTIONS, 'stream_error_on_invalid_http_messaging'),
      [{ stream_error_on_invalid_http_messaging: true }, {}],
      survives(invalid),
      true,
      false,
    ),
  ];
}

const pinged = session(async (client) => {
  let count = 0;
  client.on('ping', () => count++);
  return eventually('a ping', () => count > 0);
});

/** The pings that a client gets while another one, without jitter, gets fifty. */
const slower: See = async (view) => {
  const steady = view.name.endsWith('on') ? view.name.replace(/on$/, 'off') : view.name;
  const { listener_statuses } = JSON.parse(await view.world.admin('/listeners?format=json')) as {
    listener_statuses: { name: string; local_address: { socket_address: { port_value: number } } }[];
  };
  const port =
    listener_statuses.find(({ name }) => name === steady)?.local_address.socket_address.port_value ?? 0;
  const clients = [port, view.port].map((each) => connect(`http://127.0.0.1:${each}`).on('error', () => {}));
  const counts = clients.map(() => 0);
  for (const [i, client] of clients.entries())
    client.on('ping', () => {
      counts[i] = (counts[i] ?? 0) + 1;
    });
  await eventually('fifty pings', () => (counts[0] ?? 0) >= 50);
  for (const client of clients) client.destroy();
  return (counts[1] ?? 0) < 45;
};

function keepalive(): Case[] {
  const alive = (fields: Fields): Fields => ({ connection_keepalive: { timeout: '60s', ...fields } });
  const jitter = (value: number): Fields => alive({ interval: '0.02s', interval_jitter: { value } });
  const alone = (fields: string[], options: Fields, see: See, seen: unknown): Case => ({
    fields,
    on: site(options),
    see,
    seen,
  });
  return [
    alone(
      [...of(OPTIONS, 'connection_keepalive'), ...of(KEEPALIVE, 'interval')],
      alive({ interval: '0.05s' }),
      pinged,
      true,
    ),
    // It never answers.
    alone(
      of(KEEPALIVE, 'timeout'),
      { connection_keepalive: { interval: '0.05s', timeout: '0.05s' } },
      async ({ port }) => {
        const client = new RawH2(port);
        await eventually('the end', () => client.ended);
        return client.frames.some(({ type }) => type === TYPES.ping);
      },
      true,
    ),
    pair(of(KEEPALIVE, 'interval_jitter'), [jitter(100), jitter(0)], slower, true, false),
  ];
}

export const http2: Family = {
  name: 'http2',
  prepare: http2Hosts,
  cases: (files, origin) => [
    ...promises(),
    ...floods(),
    ...keepalive(),
    ...upstreamHttp2Cases(files, origin),
  ],
};
