// PROXY headers to hosts, the same configuration through the real Envoy and through this proxy: the bytes that
// begin each connection, which requests share one, statistics. Skipped where Envoy's binary is absent.
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { Authority } from '../e2e/certificates.ts';
import { HeaderOrigin, places, resources, type Told } from '../e2e/proxy_header_support.ts';
import { type Fields, folder, freePort, get, takeResponse } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';
import { FOUR, v2 } from './listener_filter_cases.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

const dir = folder();
const pair = new Authority().issue('a.example');
const all = places();
type Side = {
  readonly ports: Readonly<Record<string, number>>;
  readonly admin: number;
  readonly origin: HeaderOrigin;
};

async function begin(own: boolean): Promise<Side> {
  const origin = await new HeaderOrigin(pair).listen();
  const ports: Record<string, number> = {};
  for (const name of Object.keys(all)) ports[name] = await freePort();
  const admin = await freePort();
  const config: Fields = {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: resources(all, ports, origin.port),
  };
  const running = await runSide(own, config, { admin, dir });
  t.teardown(async () => {
    await running.stop();
    await origin.close();
  });
  return { ports, admin, origin };
}
t.teardown(() => dir.remove());
const sides = [await begin(false), await begin(true)] as const;

/** One request of a client that begins with `before`: what the origin says, ports of sockets left out. */
function exchange({ ports }: Side, name: string, before: Buffer): Promise<Told | string> {
  const port = ports[name] as number;
  const connects = all[name]?.kind === 'connect';
  const ask = connects ? 'CONNECT a.test:80 HTTP/1.1\r\nhost: a.test:80\r\n\r\n' : get('/');
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let data: Buffer = Buffer.alloc(0);
    let waiting = connects;
    const done = (told: Told | string): void => {
      clearTimeout(timer);
      resolve(typeof told === 'string' ? told : { ...told, header: plain(told.header, own, port) });
      socket.destroy();
    };
    const timer = setTimeout(() => done('silence'), 15_000);
    let own = 0;
    socket.on('connect', () => {
      own = socket.localPort ?? 0;
      socket.write(Buffer.concat([before, Buffer.from(ask)]));
    });
    socket.on('data', (more: Buffer) => {
      data = Buffer.concat([data, more]);
      const head = data.indexOf('\r\n\r\n');
      if (waiting && head >= 0) {
        waiting = false;
        data = data.subarray(head + 4);
        socket.write(get('/'));
        return;
      }
      const [response] = takeResponse(data, false, false) ?? [];
      if (response === undefined) return;
      done(
        response.status === 200 ? (JSON.parse(response.body.toString()) as Told) : String(response.status),
      );
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done('closed'));
  });
}

function plain(header: string, own: number, port: number): string {
  const bytes = (n: number): string => Buffer.from([n >> 8, n & 255]).toString('latin1');
  return header.replace(` ${own} ${port}\r\n`, ' OWN PORT\r\n').replace(bytes(own) + bytes(port), 'OWNPORT');
}

async function same(t: Test, name: string, before: Buffer, what: string): Promise<void> {
  const [theirs, ours] = await Promise.all(sides.map((side) => exchange(side, name, before)));
  t.strictSame(ours, theirs, `${name}: ${what}`);
  if (name !== 'unmatched') t.match(typeof theirs === 'string' ? theirs : theirs?.header, /PROXY|QUIT/);
}

const tlv = (type: number, value: string) => [type, 0, value.length, ...Buffer.from(value)];
const TLVS = [...tlv(0xea, 'one'), ...tlv(0xeb, 'two'), ...tlv(0xea, 'three'), ...tlv(1, '')];
const six = (end: number) => [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), end];
/** Each a client of its own: Envoy shares connections between clients that differ in TLVs alone (docs/differences.md). */
const four = (port: number): number[] => [...FOUR.slice(0, 8), port >> 8, port & 255, 0, 80];
const CLIENTS: readonly (readonly [name: string, header: Buffer])[] = [
  ['no header', Buffer.alloc(0)],
  ['version 1', Buffer.from('PROXY TCP4 127.1.2.3 10.20.30.40 4660 80\r\n')],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::1 ::1 1 2\r\n')],
  ['UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n')],
  ['version 2', v2(0x11, four(2001))],
  ['TLVs', v2(0x11, [...four(2002), ...TLVS])],
  ['IPv6 with TLVs', v2(0x21, [...six(1), ...six(2), 1, 2, 3, 4, ...TLVS])],
  ['LOCAL', v2(0, [], { command: 0x20 })],
];

for (const name of Object.keys(all)) {
  t.test(`what begins a connection: ${name}`, async (t) => {
    for (const [what, header] of CLIENTS) await same(t, name, header, what);
  });
}

t.test('who shares a connection', async (t) => {
  for (const name of ['http_two', 'tls', 'http2', 'tls_http2', 'auto']) {
    for (const port of [1, 2, 1, 1, 2, 3])
      await same(t, name, v2(0x11, four(port)), `the client at port ${port}`);
  }
});

t.test('statistics', async (t) => {
  const read = async ({ admin }: Side): Promise<string[]> => {
    const filter = 'proxyprotocol|cluster.*upstream_cx_(total|tx_bytes_total)';
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
    // With TLS what a handshake takes is no one's promise.
    return text.split('\n').filter((line) => !/tls|auto|http2|matched.*bytes/.test(line));
  };
  const [theirs, ours] = await Promise.all(sides.map(read));
  t.strictSame(ours?.map(digits), theirs?.map(digits));
  t.ok(theirs?.some((line) => /large.*exceed_max_length: [1-9]/.test(line)));
});

/** Headers of version 1 have ports of their own: a byte more or less. */
const digits = (line: string): string =>
  /bytes_total/.test(line) && /one|default|useless/.test(line) ? line.replace(/\d+$/, 'N') : line;
