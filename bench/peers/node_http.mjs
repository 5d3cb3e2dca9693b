// A proxy of node:http alone:   node node_http.mjs PORT ORIGIN
import { Agent, createServer, request } from 'node:http';

const [port, origin] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const server = createServer((client, answer) => {
  const { connection: _, ...headers } = client.headers;
  const upstream = request(
    { host: '127.0.0.1', port: origin, method: client.method, path: client.url, headers, agent },
    (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    },
  );
  upstream.on('error', () => answer.destroy());
  client.pipe(upstream);
});
server.keepAliveTimeout = 3_600_000;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
