// Who is let in, by the real Envoy and by this proxy, of requests and of connections. Compared: answers, details,
// statistics. Skipped where Envoy's binary is absent.
import t from 'tap';
import { answer, ask, eventually, folder, freePort, header, Origin } from '../e2e/support.ts';
import { exchange, PER_ROUTE, rbacConfig, TCP } from '../e2e/rbac_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
const origin = await new Origin(() => answer('host')).listen();
async function begin(own: boolean) {
  const [admin, http] = [await freePort(), await freePort()];
  const ports: Record<string, number> = {};
  for (const name of Object.keys(TCP)) ports[name] = await freePort();
  const running = await runSide(own, rbacConfig(origin.port, admin, http, ports), { admin, dir });
  t.teardown(() => running.stop());
  return { admin, http, ports };
}
const sides = [await begin(false), await begin(true)] as const;
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

async function seen(port: number, request: string) {
  const response = await ask(port, request);
  const denied = response.status === 403 ? header(response, 'x-says') : undefined;
  return { status: response.status, body: response.body.toString(), denied };
}

t.test('requests', async (t) => {
  for (const name of ['elsewhere', ...Object.keys(PER_ROUTE)]) {
    for (const [method, path, more] of [
      ['GET', '/a', ''],
      ['GET', '/a?b', 'x-a: b\r\n'],
      ['POST', '/ab', 'x-a: c\r\ncontent-length: 0\r\n'],
      ['GET', '/a', 'x-forwarded-for: 8.8.8.8\r\n'],
      ['GET', '/a', 'x-deny: a\r\n'],
    ]) {
      const request = `${method} ${path} HTTP/1.1\r\nhost: A.B\r\nx-route: ${name}\r\n${more}\r\n`;
      const [theirs, ours] = await Promise.all(sides.map(({ http }) => seen(http, request)));
      t.same(ours, theirs, `${name}: ${method} ${path} ${more?.trim()} ${JSON.stringify(theirs)}`);
    }
  }
});

t.test('connections', async (t) => {
  for (const name of Object.keys(TCP)) {
    const [theirs, ours] = await Promise.all(sides.map(({ ports }) => exchange(ports[name] ?? 0)));
    t.equal(ours, theirs, `${name}: ${theirs}`);
  }
});

t.test('statistics', async (t) => {
  const read = async ({ admin }: (typeof sides)[number]): Promise<string> =>
    (await fetch(`http://127.0.0.1:${admin}/stats?filter=rbac`)).text();
  const theirs = await read(sides[0]);
  t.match(theirs, 'http.http.rbac.own_.denied');
  await eventually('the same statistics', async () => (await read(sides[1])) === theirs).catch(
    () => undefined,
  );
  t.equal(await read(sides[1]), theirs);
});
