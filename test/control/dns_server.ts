import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

/** One answer of the faulty server. `drop`: no answer at all. */
export type Reply = {
  readonly rcode?: number;
  readonly records?: readonly { type: 'A' | 'AAAA' | 'CNAME'; ttl: number; data: string; name?: string }[];
  /** Over UDP: no records and the TC bit; the whole answer over TCP. */
  readonly truncated?: boolean;
  readonly drop?: boolean;
  /** Cut the answer off after this many bytes. */
  readonly cut?: number;
};
export const NXDOMAIN: Reply = { rcode: 3 };
export const SERVFAIL: Reply = { rcode: 2 };
export const REFUSED: Reply = { rcode: 5 };
export const a = (ttl: number, ...addresses: string[]): Reply => ({
  records: addresses.map((data) => ({ type: 'A' as const, ttl, data })),
});

const TYPES = { A: 1, CNAME: 5, AAAA: 28 };

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter(Boolean);
  return Buffer.concat([
    ...labels.map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
    Buffer.from([0]),
  ]);
}

function encodeData(type: string, data: string): Buffer {
  if (type === 'CNAME') return encodeName(data);
  if (type === 'A') return Buffer.from(data.split('.').map(Number));
  const [head = '', tail = ''] = data.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return Buffer.from(groups.flatMap((g) => [parseInt(g, 16) >> 8, parseInt(g, 16) & 255]));
}

/** A DNS server on loopback, UDP and TCP on one port, that misbehaves as told. */
export class FaultyDns {
  /** Told each question: `A name` or `AAAA name`, over 'udp' or 'tcp'. */
  readonly questions: string[] = [];
  reply: (question: string, transport: 'udp' | 'tcp') => Reply | Promise<Reply> = () => NXDOMAIN;
  #udp: Socket | undefined;
  #tcp: Server | undefined;
  address = '';

  async start(): Promise<this> {
    const tcp = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', async (chunk: Buffer) => {
        const answer = await this.#answer(chunk.subarray(2), 'tcp');
        if (answer === undefined) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.end(Buffer.concat([length, answer]));
      });
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    this.#tcp = tcp;
    const { port } = tcp.address() as { port: number };
    const udp = createSocket('udp4');
    udp.on('message', async (message, peer) => {
      const answer = await this.#answer(message, 'udp');
      if (answer !== undefined && this.#udp !== undefined) udp.send(answer, peer.port, peer.address);
    });
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    this.#udp = udp;
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  stop(): void {
    this.#udp?.close();
    this.#udp = undefined;
    this.#tcp?.close();
  }

  async #answer(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    const question = `${type === TYPES.AAAA ? 'AAAA' : 'A'} ${name}`;
    this.questions.push(question);
    const reply = await this.reply(question, transport);
    if (reply.drop === true) return undefined;
    const cut = reply.truncated === true && transport === 'udp';
    const records = cut ? [] : (reply.records ?? []);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (cut ? 0x0200 : 0) | (reply.rcode ?? 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    const body = records.map((record) => {
      const data = encodeData(record.type, record.data);
      const fixed = Buffer.alloc(10);
      fixed.writeUInt16BE(TYPES[record.type], 0);
      fixed.writeUInt16BE(1, 2);
      fixed.writeUInt32BE(record.ttl, 4);
      fixed.writeUInt16BE(data.length, 8);
      return Buffer.concat([encodeName(record.name ?? name), fixed, data]);
    });
    const whole = Buffer.concat([head, query.subarray(12, at + 5), ...body]);
    return reply.cut === undefined ? whole : whole.subarray(0, reply.cut);
  }
}
