// A proxy of uWebSockets.js with undici towards the origin:   node uws.mjs PORT ORIGIN
import uWS from '@trufflesuite/uws-js-unofficial';
import { Pool } from 'undici';

const [port, origin] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${origin}`, {
  connections: 256,
  pipelining: 1,
  keepAliveTimeout: 3_600_000,
});
const SKIPPED = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive']);

uWS
  .App()
  .any('/*', (answer, request) => {
    let aborted = false;
    answer.onAborted(() => {
      aborted = true;
    });
    const headers = {};
    request.forEach((name, value) => {
      if (name !== 'connection') headers[name] = value;
    });
    const parts = [];
    let status = 0;
    let received = [];
    const query = request.getQuery();
    pool.dispatch(
      {
        path: request.getUrl() + (query ? `?${query}` : ''),
        method: request.getMethod().toUpperCase(),
        headers,
      },
      {
        onConnect() {},
        onHeaders(code, raw) {
          status = code;
          received = raw;
          return true;
        },
        onData(part) {
          parts.push(part);
          return true;
        },
        onComplete() {
          if (aborted) return;
          answer.cork(() => {
            answer.writeStatus(String(status));
            for (let i = 0; i < received.length; i += 2) {
              const name = received[i].toString();
              if (!SKIPPED.has(name.toLowerCase())) answer.writeHeader(name, received[i + 1].toString());
            }
            answer.end(parts.length === 1 ? parts[0] : Buffer.concat(parts));
          });
        },
        onError() {
          if (!aborted) answer.close();
        },
      },
    );
  })
  .listen('127.0.0.1', port, (token) => {
    if (!token) process.exit(1);
  });
