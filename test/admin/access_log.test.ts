// What the admin interface writes of what it is asked; the lines of the real Envoy, where it is installed.
// observes: envoy.config.bootstrap.v3.Admin: access_log_path
import { openSync, closeSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AdminLog } from '../../src/admin/access_log.ts';
import { ask, eventually, type Fields, folder, freePort, type Running } from '../e2e/support.ts';
import { runSide } from '../differential/side.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const dir = folder();
t.teardown(() => dir.remove());
const REQUESTS = [
  'GET /ready?a HTTP/1.1\r\nhost: a\r\nuser-agent: test\r\n\r\n',
  'POST /logging?level=off HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 1.2.3.4\r\nx-request-id: b\r\ncontent-length: 3\r\n\r\nabc',
  'GET /healthcheck/fail HTTP/1.1\r\nhost: a:1\r\n\r\n',
];

const sides: { running: Running; admin: number; log: string }[] = [];
async function begin(own: boolean): Promise<void> {
  const admin = await freePort();
  const log = join(dir.path, own ? 'own.log' : 'envoy.log');
  const address = { socket_address: { address: '127.0.0.1', port_value: admin } };
  const config: Fields = { admin: { access_log_path: log, address } };
  const flags = ['--file-flush-interval-msec', '10'];
  const running = await runSide(own, config, { admin, dir, flags });
  t.teardown(() => running.stop());
  for (const request of REQUESTS) await ask(admin, request);
  sides.push({ running, admin, log });
}
await begin(true);
if (envoyBinary() !== undefined) await begin(false);

/** Without those of the start, and what nobody can know. */
const lines = (log: string): string[] =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => !line.includes('"GET /ready HTTP'))
    .map((line) =>
      line
        .replace(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]/, '[time]')
        .replace(
          / (\d+) (\d+) (\d+) (\d+) /,
          (_, status, received, sent) => ` ${status} ${received} ${sent} (ms) `,
        ),
    );

t.test('lines', async (t) => {
  for (const { log } of sides) await eventually('the log', () => lines(log).length > REQUESTS.length);
  const [own, envoy] = sides.map(({ log }) => lines(log));
  t.match(own?.[0], /^\[time\] "GET \/ready\?a HTTP\/1\.1" 200 - 0 5 \d+ - "[\d.]+" "test" "-" "a" "-"$/);
  t.match(own?.[1], / - 3 \d+ \d+ - "1\.2\.3\.4,[\d.]+" "-" "b" "a" "-"$/);
  const shape = (all: string[] | undefined): string[] | undefined =>
    // Bodies have other lengths here: names of loggers.
    all?.map((line) => line.replace(/ - (\d+) \d+ \d+ - /, ' - $1 (some) - '));
  if (envoy !== undefined) t.same(shape(own), shape(envoy));
});

t.test('a log that is moved away', async (t) => {
  const [own] = sides;
  if (own === undefined) return;
  renameSync(own.log, `${own.log}.1`);
  await ask(own.admin, 'POST /reopen_logs HTTP/1.1\r\nhost: a\r\n\r\n');
  await ask(own.admin, 'GET /ready?b HTTP/1.1\r\nhost: a\r\n\r\n');
  await eventually('the new file', () => lines(own.log).some((line) => line.includes('/ready?b')));
  t.notMatch(readFileSync(`${own.log}.1`, 'utf8'), '/ready?b');
});

t.test('what is on its way when the log is reopened or closed goes where it was to go', async (t) => {
  const errors: Error[] = [];
  const path = join(dir.path, 'moved.log');
  const log = new AdminLog(path, (error) => errors.push(error));
  const ROUNDS = 100;
  for (let i = 0; i < ROUNDS; i++) {
    log.write(`${i}\n`);
    renameSync(path, `${path}.${i}`);
    log.reopen();
    // It takes the number that has become free.
    closeSync(openSync('/dev/null', 'w'));
  }
  log.write('last\n');
  log.close();
  const written = (): string[] => [...Array(ROUNDS).keys()].map((i) => readFileSync(`${path}.${i}`, 'utf8'));
  await eventually('all lines', () => written().every((text) => text !== '') || errors.length > 0);
  t.same(
    written(),
    [...Array(ROUNDS).keys()].map((i) => `${i}\n`),
  );
  await eventually('the last one', () => readFileSync(path, 'utf8') === 'last\n' || errors.length > 0);
  t.same(errors, []);
});
