// How long a connection is kept for a client that does not read, or still sends.
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';

const dir = folder();
t.teardown(() => dir.remove());
/** More than the kernel keeps for a connection. */
const SIZE = 24_000_000;
const big = join(dir.path, 'big');
writeFileSync(big, Buffer.alloc(SIZE, 'x'));
const small = 'y'.repeat(4000);

/** A proxy that answers everything itself. */
async function proxy(manager: Fields = {}, fields: Fields = {}, origin?: Origin) {
  const [port, admin] = [await freePort(), await freePort()];
  const table = routes([
    { match: { path: '/big' }, direct_response: { status: 200, body: { filename: big } } },
    { match: { path: '/small' }, direct_response: { status: 200, body: { inline_string: small } } },
    ...(origin ? [toCluster('origin')] : []),
  ]);
  const route_config = { ...table, max_direct_response_body_size_bytes: SIZE };
  const running = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [listener('in', port, { route_config, ...manager }, fields)],
        clusters: origin ? [cluster('origin', [origin.port])] : [],
      },
    },
    [port],
  );
  t.teardown(() => running.stop());
  const stat = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^http.in.${name}$`)).text();
    return Number(/: (\d+)/.exec(text)?.[1] ?? -1);
  };
  // What asked for the port is gone.
  await eventually('the first connection to end', async () => (await stat('downstream_cx_active')) === 0);
  return { port, stat };
}

/** A client that reads only what it is asked to. */
function silent(port: number, request: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.pause();
  socket.write(request);
  return socket;
}

const closing = get('/big', 'connection: close\r\n');

t.test('a client that never reads does not keep a connection that is to close', async (t) => {
  const { port, stat } = await proxy({ delayed_close_timeout: '0.2s' });
  const socket = silent(port, closing);
  await eventually('its end', async () => (await stat('downstream_cx_delayed_close_timeout')) === 1);
  t.equal(await stat('downstream_cx_active'), 0);
  t.equal(await stat('downstream_rq_2xx'), 1, 'the answer was complete');
  socket.destroy();
});

t.test('one that reads slowly gets all of it', async (t) => {
  const { port, stat } = await proxy({ delayed_close_timeout: '1s' });
  const socket = silent(port, closing);
  let got = 0;
  let ended = false;
  socket.on('end', () => {
    ended = true;
  });
  socket.on('data', (data: Buffer) => {
    got += data.length;
    socket.pause();
  });
  // In 20 steps it takes longer than the time that one step may take.
  for (let next = 0; !ended; ) {
    if (got >= next) {
      await new Promise((resolve) => setTimeout(resolve, 75));
      next += SIZE / 20;
    }
    socket.resume();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.ok(got > SIZE, `${got} bytes`);
  t.equal(await stat('downstream_cx_delayed_close_timeout'), 0);
});

t.test('clients of one answer that do not wait for it are not waited for', async (t) => {
  let asked = 0;
  const origin = await new Origin(() => {
    asked++;
    return undefined;
  }).listen();
  t.teardown(() => origin.close());
  const { port, stat } = await proxy({}, {}, origin);
  const count = 50;
  const sockets = Array.from({ length: count }, () => silent(port, get('/never', 'connection: close\r\n')));
  await eventually('the requests', () => asked === count);
  t.equal(await stat('downstream_rq_active'), count);
  // Half of them go in order, half with a reset.
  for (const [i, socket] of sockets.entries()) i % 2 ? socket.destroy() : socket.resetAndDestroy();
  await eventually(
    'their ends',
    async () => (await stat('downstream_cx_destroy_remote_active_rq')) === count,
  );
  t.equal(await stat('downstream_cx_active'), 0);
});

t.test('a client that sends much is answered before it has finished', async (t) => {
  const { port } = await proxy();
  const client = new Client(port);
  const length = 8_000_000;
  client.send(`POST /none HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
  t.equal((await client.response()).status, 404);
  client.send(Buffer.alloc(length));
  await client.untilEnd();
  client.close();
});

t.test('and one that reads nothing until it has sent everything too', async (t) => {
  const { port } = await proxy();
  const length = 8_000_000;
  const socket = silent(port, `POST /none HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(length), () => resolve()));
  let text = '';
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
  });
  socket.resume();
  await eventually('the answer', () => /^HTTP\/1.1 404/.test(text));
  socket.destroy();
  t.pass();
});

t.test('requests wait as long as their client does not read the answers to others', async (t) => {
  const { port, stat } = await proxy({}, { per_connection_buffer_limit_bytes: 32_768 });
  const count = 20_000;
  const socket = silent(port, get('/small').repeat(count));
  const total = (): Promise<number> => stat('downstream_rq_total');
  let before = -1;
  await eventually('the proxy to wait', async () => {
    const now = await total();
    const same = now > 0 && now === before;
    before = now;
    if (!same) await new Promise((resolve) => setTimeout(resolve, 50));
    return same;
  });
  const answered = await total();
  t.ok(answered < count / 2, `${answered} of ${count} are answered`);
  let received = 0;
  socket.on('data', (data: Buffer) => {
    received += data.toString('latin1').split('HTTP/1.1 200 OK').length - 1;
  });
  socket.resume();
  await eventually('all answers', async () => (await stat('downstream_rq_2xx')) === count);
  // One that lies across two pieces is not counted.
  await eventually('their bytes', () => received > count * 0.9);
  socket.destroy();
});
