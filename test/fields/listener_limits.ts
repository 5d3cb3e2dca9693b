/** What a listener's sockets and connections are held to, and what is told of them. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ask, Client, eventually, type Fields, fileLog, get } from '../e2e/support.ts';
import { type Case, LARGE, of, responseHeader, says, type See, type Site, stat } from './support.ts';

const LISTENER = 'envoy.config.listener.v3';
const L = `${LISTENER}.Listener`;
const KEEPALIVE = 'envoy.config.core.v3.TcpKeepalive';

const one = (
  fields: string[],
  on: Site,
  off: Site | undefined,
  see: See,
  seen: unknown,
  unseen?: unknown,
): Case => ({
  fields,
  on,
  ...(off === undefined ? {} : { off, unseen }),
  see,
  seen,
});

/** A client whose kernel stops answering when it has been asked something: it drops what comes. */
const DEAF = `
import ctypes, socket, struct, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.sendall(b'GET / HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n')
s.recv(65536)
drop = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))
s.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HL', 1, ctypes.addressof(drop)))
sys.stdin.read()
`;

/** Whether the proxy notices within a few seconds: what is sent after one second, and every second then. */
const noticesDeath: See = async (view) => {
  const child = spawn('python3', ['-c', DEAF, String(view.port)], { stdio: ['pipe', 'ignore', 'inherit'] });
  try {
    await eventually('the death', () => stat(view, 'http.$.downstream_cx_destroy'), 7000);
    return true;
  } finally {
    child.kill('SIGKILL');
  }
};

/** The seconds until the next keepalive probe of a connection (/proc/net/tcp, timer 2), after the first. */
const afterProbe: See = async ({ port }) => {
  const client = new Client(port).send(get('/'));
  await client.response();
  const hex = (value = 0): string => value.toString(16).toUpperCase().padStart(4, '0');
  const seconds = await eventually('a probe', () => {
    const row = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(
        ([, mine, theirs]) =>
          mine?.endsWith(`:${hex(port)}`) && theirs?.endsWith(`:${hex(client.socket.localPort)}`),
      );
    const [kind, when] = (row?.[5] ?? '').split(':');
    const left = Number.parseInt(when ?? '', 16) / 100;
    return kind === '02' && left > 2 ? left : undefined;
  });
  client.close();
  return seconds > 1000 ? 'thousands' : 'less';
};

/** How many of eight connections the kernel takes while the proxy stands still. */
const taken: See = async ({ port, world }) => {
  process.kill(world.pid, 'SIGSTOP');
  const tasks = `/proc/${world.pid}/task`;
  await eventually('all threads to stand still', () =>
    readdirSync(tasks).every((task) => /\) T /.test(readFileSync(join(tasks, task, 'stat'), 'latin1'))),
  );
  let count = 0;
  const sockets = Array.from({ length: 8 }, () =>
    connect(port, '127.0.0.1', () => count++).on('error', () => {}),
  );
  try {
    await eventually('some connections', () => count >= 2);
    // What is taken is taken at once: a connection made afterwards comes after all of them.
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => {
        const later = connect(world.origin.port, '127.0.0.1', () => {
          later.destroy();
          resolve();
        });
      });
    }
    return count;
  } finally {
    process.kill(world.pid, 'SIGCONT');
    for (const socket of sockets) socket.destroy();
  }
};

/** Whether an answer waits in its host for a client that does not read, or all of it is taken. */
const waits: See = async (view) => {
  const client = new Client(view.port);
  client.socket.pause();
  client.send(get('/', 'x-do: large\r\n'));
  const stopped = await eventually('either', async () => {
    if (((await stat(view, 'cluster.$.upstream_flow_control_paused_reading_total')) ?? 0) > 0)
      return 'stopped';
    return ((await stat(view, 'cluster.$.upstream_cx_rx_bytes_total')) ?? 0) > LARGE ? 'taken' : undefined;
  });
  client.close();
  return stopped;
};

export function limitCases(files: string): Case[] {
  const log = join(files, 'connections.log');
  const format = { log_format: { text_format_source: { inline_string: '%LISTENER_NAME% %BYTES_SENT%\n' } } };
  const file = fileLog(log);
  const access_log = [{ ...file, typed_config: { ...(file.typed_config as Fields), ...format } }];
  return [
    one(
      of(KEEPALIVE, 'keepalive_interval'),
      { listener: { tcp_keepalive: { keepalive_time: 1, keepalive_interval: 5000 } } },
      { listener: { tcp_keepalive: { keepalive_time: 1 } } },
      afterProbe,
      'thousands',
      'less',
    ),
    // The system's own number of probes is nine.
    one(
      of(KEEPALIVE, 'keepalive_probes'),
      { listener: { tcp_keepalive: { keepalive_time: 1, keepalive_interval: 1, keepalive_probes: 1 } } },
      undefined,
      noticesDeath,
      true,
    ),
    one(of(L, 'tcp_backlog_size'), { listener: { tcp_backlog_size: 1 } }, {}, taken, 2, 8),
    one(
      of(L, 'per_connection_buffer_limit_bytes'),
      { listener: { per_connection_buffer_limit_bytes: 4096 }, cluster: {} },
      { listener: { per_connection_buffer_limit_bytes: 4 * LARGE }, cluster: {} },
      waits,
      'stopped',
      'taken',
    ),
    one(
      of(`${LISTENER}.FilterChain`, 'name'),
      { chain: { name: 'a-chain' }, host: says('%FILTER_CHAIN_NAME%') },
      { host: says('%FILTER_CHAIN_NAME%') },
      responseHeader('/', 'x-says'),
      'a-chain',
      undefined,
    ),
    one(
      of(L, 'access_log'),
      { listener: { access_log } },
      undefined,
      async (view) => {
        await ask(view.port, get('/'));
        const text = await eventually('a line', () =>
          existsSync(log) ? readFileSync(log, 'utf8') : undefined,
        );
        return new RegExp(`^${view.name} [1-9]\\d+\n$`).test(text);
      },
      true,
    ),
  ];
}
