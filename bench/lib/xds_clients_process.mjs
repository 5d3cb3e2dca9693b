// Clients of bench/cases/xds-server.mjs: each takes clusters and their endpoints over one aggregated stream, and
// counts. Messages are not decoded further than that needs.
import * as grpc from '@grpc/grpc-js';

const TYPE = 'type.googleapis.com/envoy.config.';
const CDS = `${TYPE}cluster.v3.Cluster`;
const EDS = `${TYPE}endpoint.v3.ClusterLoadAssignment`;
const SERVICE = '/envoy.service.discovery.v3.AggregatedDiscoveryService/';

function varint(value) {
  const out = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 128);
  }
}
const field = (number, bytes) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
const text = (number, value) => field(number, Buffer.from(value));

/** Type, nonce, version and the number of resources. */
function read(bytes) {
  const found = { resources: 0, 1: '', 4: '', 5: '' };
  for (let at = 0; at < bytes.length; ) {
    const number = bytes[at++] >> 3;
    let length = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      length += (byte & 127) * shift;
      if (byte < 128) break;
    }
    if (number === 2) found.resources++;
    else if (number in found) found[number] = bytes.toString('utf8', at, at + length);
    at += length;
  }
  return { version: found[1], type: found[4], nonce: found[5], resources: found.resources };
}

const same = (bytes) => bytes;
const clients = [];
let names;

class Client {
  counts = { [CDS]: 0, [EDS]: 0 };

  constructor(port, delta, index) {
    this.delta = delta;
    const options = { 'grpc.max_receive_message_length': -1, 'grpc.use_local_subchannel_pool': 1 };
    this.client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    const method = `${SERVICE}${delta ? 'Delta' : 'Stream'}AggregatedResources`;
    this.call = this.client.makeBidiStreamRequest(method, same, same, new grpc.Metadata());
    this.call.on('error', (error) => process.send({ error: String(error) }));
    this.call.on('data', (bytes) => this.take(read(bytes)));
    const node = field(delta ? 1 : 2, Buffer.concat([text(1, `node-${index}`), text(2, 'bench')]));
    this.call.write(Buffer.concat([node, text(delta ? 2 : 4, CDS)]));
  }

  take({ type, nonce, version, resources }) {
    const first = this.counts[type] === 0;
    this.counts[type] += resources;
    if (this.delta) {
      this.call.write(Buffer.concat([text(2, type), text(6, nonce)]));
      if (type === CDS && first) this.call.write(Buffer.concat([text(2, EDS), names.delta]));
      return;
    }
    const wanted = type === EDS ? [names.sotw] : [];
    this.call.write(Buffer.concat([text(1, version), text(4, type), text(5, nonce), ...wanted]));
    if (type === CDS && first) this.call.write(Buffer.concat([text(4, EDS), names.sotw]));
  }
}

const commands = {
  connect: ({ port, count, delta, clusters }) => {
    const all = Array.from({ length: clusters }, (_, i) => text(3, `cluster-${i}`));
    names = { sotw: Buffer.concat(all), delta: Buffer.concat(all) };
    for (let i = 0; i < count; i++) clients.push(new Client(port, delta, clients.length));
  },
  /** Resolves when every client has been sent so many more of each. */
  wait: async ({ clusters, endpoints }) => {
    const done = () => clients.every(({ counts }) => counts[CDS] >= clusters && counts[EDS] >= endpoints);
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
  },
  reset: () => {
    for (const { counts } of clients) counts[CDS] = counts[EDS] = 0;
    // No first time any more.
    for (const { counts } of clients) counts[CDS] = counts[EDS] = 1;
  },
};

process.on('message', async ({ id, command, argument }) =>
  process.send({ id, result: await commands[command](argument) }),
);
process.on('disconnect', () => process.exit(0));
