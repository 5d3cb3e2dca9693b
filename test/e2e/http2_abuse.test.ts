// Attacks on the HTTP/2 server: each one's connection ends, it is counted, and the process does not grow, while a
// client on another connection is answered as before. How long that client waited is printed, not judged.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ATTACKS, attack, EMPTY, flood } from './h2_attacks.ts';
import {
  codeName,
  connectH2,
  END_HEADERS,
  END_STREAM,
  encode,
  frame,
  head,
  headers,
  type Peer,
  SETTING,
  T,
} from './h2_frames.ts';
import {
  cluster,
  eventually,
  type Fields,
  freePort,
  listener,
  Origin,
  type Running,
  routes,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(600_000);

const BIG = 10_000_000;
/** Bodies of 10 MB; what is silent never answers. */
const origin = await new Origin(({ path }, socket) => {
  if (path !== '/big') return undefined;
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BIG}\r\n\r\n`);
  return Buffer.alloc(BIG, 'b');
}).listen();
const [port, impatient, admin] = [await freePort(), await freePort(), await freePort()];
const table = routes([
  EMPTY,
  { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'tea' } } },
  toCluster('origin', { timeout: '0s' }),
]);
const manager = { route_config: table, stat_prefix: 'in' };
const proxy: Running = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('in', port, manager),
        listener('impatient', impatient, {
          ...manager,
          stat_prefix: 'impatient',
          stream_idle_timeout: '1s',
          request_headers_timeout: '0.5s',
        }),
      ],
      clusters: [
        cluster('origin', [origin.port], {
          circuit_breakers: {
            thresholds: [{ max_connections: 5000, max_pending_requests: 5000, max_requests: 100_000 }],
          },
        }),
      ],
    },
  },
  [port, impatient, admin],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
});

async function stats(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?usedonly`)).text();
  return new Map(
    text.split('\n').map((line): [string, number] => {
      const [name = '', value] = line.split(': ');
      return [name, Number(value)];
    }),
  );
}
const rises = (before: Map<string, number>, after: Map<string, number>, name: string): number =>
  (after.get(name) ?? 0) - (before.get(name) ?? 0);

/** MB of memory that the process has. */
const resident = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${proxy.child.pid}/status`, 'latin1'))?.[1]) / 1024;
/** Seconds of CPU that it has used. */
function cpu(): number {
  const fields = readFileSync(`/proc/${proxy.child.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A client that asks one thing after another, on one connection. */
class Bystander {
  readonly waits: number[] = [];
  private stream = 1;
  private readonly peer: Peer;
  private fail: (error: Error) => void = () => undefined;

  constructor(port: number) {
    this.peer = connectH2(port);
    this.peer.socket.on('close', () => this.fail(new Error('the connection has ended')));
  }

  async ask(): Promise<void> {
    const begin = performance.now();
    const stream = this.stream;
    this.stream += 2;
    const answered = new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.peer.onFrame = (f) => {
        if (f.stream === stream && f.flags & END_STREAM) resolve();
        if (f.type === T.GOAWAY) reject(new Error('the connection ends'));
      };
    });
    this.peer.send(headers(stream, head({ ':path': '/direct' })));
    await answered;
    this.waits.push(performance.now() - begin);
    this.peer.frames.length = 0;
  }

  /** The middle and the longest of the waits, in milliseconds. */
  get summary(): string {
    const sorted = this.waits.toSorted((a, b) => a - b);
    const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(2);
    return `${sorted.length} answers, median ${at(0.5)} ms, 99 % ${at(0.99)} ms`;
  }

  close(): void {
    this.peer.close();
  }
}

/** Runs what is `under` way together with a bystander's requests: at least so many, and until it has ended. */
async function beside(port: number, under: () => Promise<void>, requests = 50): Promise<Bystander> {
  const bystander = new Bystander(port);
  let ended = false;
  const attack = under().finally(() => {
    ended = true;
  });
  while (!ended || bystander.waits.length < requests) {
    await bystander.ask();
    await new Promise(setImmediate);
  }
  await attack;
  bystander.close();
  return bystander;
}

const lastGoaway = (peer: Peer): string | undefined => {
  const last = peer.of(T.GOAWAY).at(-1);
  return last && codeName(last.payload.readUInt32BE(4));
};

// ---- floods ---------------------------------------------------------------------------------

/** What a worker's pools and the connections of one attack may take at most. */
const GROWTH_MB = 32;

for (const each of ATTACKS) {
  t.test(each.name, async (t) => {
    const [before, memory, seconds] = [await stats(), resident(), cpu()];
    let peer: Peer | undefined;
    const bystander = await beside(port, async () => {
      peer = attack(port, each);
      await each.run(peer);
      peer.socket.resume();
      await peer.untilEnd();
    });
    const after = await stats();
    const name = each.counter.startsWith('http2.') ? each.counter : `http.in.${each.counter}`;
    t.ok(rises(before, after, name) > 0, `${name} is counted`);
    if (each.goaway !== undefined && peer?.of(T.GOAWAY).length)
      t.equal(lastGoaway(peer), each.goaway, 'what the attacker is told');
    t.ok(resident() - memory < GROWTH_MB, `${(resident() - memory).toFixed(1)} MB more`);
    t.comment(`${bystander.summary}; ${(cpu() - seconds).toFixed(2)} s of CPU`);
    peer?.close();
  });
}

// ---- what is not ended, not read, not sent ----------------------------------------------------

/** Requests on so many streams. */
const ask = (peer: Peer, n: number, fields: Fields, end = true): Promise<void> => {
  let stream = -1;
  const block = encode(head(fields as { [name: string]: string }));
  const flags = END_HEADERS | (end ? END_STREAM : 0);
  return flood(
    peer,
    () => {
      stream += 2;
      return frame(T.HEADERS, flags, stream, block);
    },
    n,
  );
};

/** Streams that have ended without all of their answer. */
const resets = (peer: Peer): number => peer.of(T.RST_STREAM).length;

const stalled: {
  readonly name: string;
  readonly streams: number;
  readonly window?: number;
  readonly reads: boolean;
  /** A fair share for each stream of what the queue of a connection may have, and what is read at a time. */
  readonly growth: number;
}[] = [
  { name: 'windows that are never opened', streams: 200, window: 0, reads: true, growth: 32 },
  { name: 'windows of a byte', streams: 200, window: 1, reads: true, growth: 32 },
  { name: 'a reader that does not read', streams: 200, window: 0x7fffffff, reads: false, growth: 32 },
];
for (const { name, streams, window, reads, growth } of stalled) {
  t.test(`${name}, of ${streams} streams with bodies of 10 MB`, async (t) => {
    const memory = resident();
    const [before, idle] = [await stats(), 'http.impatient.downstream_rq_idle_timeout'];
    let most = 0;
    const peer = connectH2(impatient, {
      settings: window === undefined ? {} : { [SETTING.INITIAL_WINDOW_SIZE]: window },
      givesBack: false,
    });
    if (!reads) peer.socket.pause();
    const bystander = await beside(impatient, async () => {
      await ask(peer, streams, { ':path': '/big' });
      await eventually('the end of all streams', async () => {
        most = Math.max(most, resident() - memory);
        const now = await stats();
        const gone = rises(before, now, idle) + rises(before, now, 'http2.tx_flush_timeout');
        return gone >= streams;
      });
    });
    if (reads) await eventually('that the client was told', () => resets(peer) === streams);
    t.ok(most < growth, `${most.toFixed(1)} MB more`);
    t.comment(bystander.summary);
    peer.close();
    await eventually('connections to the host to end', () => origin.sockets.size < streams / 2);
  });
}

t.test('requests that are never ended', async (t) => {
  const peer = connectH2(impatient);
  const bystander = await beside(impatient, async () => {
    await ask(peer, 1500, { ':path': '/silent', ':method': 'POST' }, false);
    await eventually('the end of all streams', () => resets(peer) + peer.of(T.HEADERS).length >= 1500);
  });
  const refused = peer
    .of(T.RST_STREAM)
    .filter((f) => codeName(f.payload.readUInt32BE(0)) === 'REFUSED_STREAM');
  t.equal(refused.length, 1500 - 1024, 'those beyond the limit of streams are refused');
  t.notOk(peer.ended);
  t.comment(bystander.summary);
  peer.close();
});

t.test('a head that is never ended', async (t) => {
  for (const parts of [
    [frame(T.HEADERS, END_STREAM, 1, encode(head()))],
    [frame(T.HEADERS, END_STREAM | END_HEADERS, 1, encode(head())).subarray(0, 20)],
  ]) {
    const before = await stats();
    // A frame in the midst of a head would be a mistake.
    const peer = connectH2(impatient, { acknowledges: false });
    peer.socket.write(Buffer.concat(parts));
    await peer.untilEnd();
    t.equal(lastGoaway(peer), 'ENHANCE_YOUR_CALM');
    const name = 'http.impatient.downstream_rq_header_timeout';
    t.equal(rises(before, await stats(), name), 1, name);
    peer.close();
  }
});

t.test('a head in pieces that come in time', async (t) => {
  const peer = connectH2(impatient, { acknowledges: false });
  const whole = frame(T.HEADERS, END_STREAM | END_HEADERS, 1, encode(head({ ':path': '/direct' })));
  for (const [from, to] of [
    [0, 4],
    [4, 12],
    [12, 30],
    [30, whole.length],
  ]) {
    peer.socket.write(whole.subarray(from, to));
    await new Promise(setImmediate);
  }
  t.match(await peer.done(1), { ended: true, body: 'tea' });
  // It is not waited for any more: this one, which begins now, is over sooner.
  const late = connectH2(impatient, { acknowledges: false });
  late.socket.write(frame(T.HEADERS, END_STREAM, 1, encode(head())));
  await late.untilEnd();
  peer.send(headers(3, head({ ':path': '/direct' })));
  t.match(await peer.done(3), { ended: true, body: 'tea' });
  peer.close();
  late.close();
});
