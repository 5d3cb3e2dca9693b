// A control plane that serves a file, and what becomes of it. What is wrong in it is shown, and nothing of it served:
//   node examples/file-control-plane.mjs examples/file-control-plane.yaml 127.0.0.1:18000
//   envoy -c examples/control-plane-client.yaml
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readSnapshot, SnapshotCache, XdsServer } from 'attache-proxy/xds-server';

const [file = 'resources.yaml', listen = '127.0.0.1:18000'] = process.argv.slice(2);
const cache = new SnapshotCache({ hash: () => 'all' });
let last;

async function load() {
  try {
    const text = await readFile(file, 'utf8');
    if (text === last) return;
    last = text;
    cache.set('all', await readSnapshot(text, { file }));
    console.log(`${file} is served`);
  } catch (error) {
    console.error(error.message);
  }
}

await load();
// The folder: editors put a new file in place of the old one.
let timer;
watch(dirname(file), (_event, name) => {
  if (name !== null && name !== basename(file)) return;
  clearTimeout(timer);
  timer = setTimeout(load, 50);
});
const server = new XdsServer(cache, {
  callbacks: {
    onStreamOpen: ({ peer }) => console.log(`${peer} is here`),
    onStreamClosed: ({ peer }) => console.log(`${peer} is gone`),
    onAck: ({ node }, { typeUrl, version }) => console.log(`${node.id} has ${typeUrl} ${version}`),
    onNack: ({ node }, { typeUrl, error }) => console.log(`${node.id} refuses ${typeUrl}: ${error.message}`),
  },
});
console.log('serving', (await server.listen({ grpc: listen })).grpc);
