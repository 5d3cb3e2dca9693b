// Connections to hosts that are bound to a source, of the real Envoy and of this proxy. Compared: what clients get,
// where the host sees them come from, failures to bind. Skipped where Envoy's binary is absent.
import t from 'tap';
import { ask, eventually, folder, get, header } from '../e2e/support.ts';
import { BINDS, bindConfig, remoteOrigin } from '../e2e/upstream_bind_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
const origin = await remoteOrigin().listen();
const names = Object.keys(BINDS);

const [theirs, ours] = await bothSides(t, dir, names, (admin, ports) =>
  bindConfig(origin.port, admin, ports),
);
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

type Side = typeof ours;
async function seen({ ports, admin }: Side, name: string): Promise<unknown> {
  const response = await ask(ports[name] ?? 0, get('/'));
  const text = await eventually('statistics', async () => {
    const answer = await fetch(
      `http://127.0.0.1:${admin}/stats?filter=^cluster.${name}.(bind_errors|upstream_cx)`,
    );
    return answer.text();
  });
  const count = (stat: string): number => Number(new RegExp(`\\.${stat}: (\\d+)`).exec(text)?.[1]);
  return {
    status: response.status,
    body: response.body.toString(),
    says: response.status === 200 ? '' : header(response, 'x-says'),
    bind_errors: count('bind_errors'),
    connect_fail: count('upstream_cx_connect_fail'),
    total: count('upstream_cx_total'),
  };
}

for (const name of names) {
  t.test(name, async (t) => {
    const wanted = await seen(theirs, name);
    t.same(await seen(ours, name), wanted, JSON.stringify(wanted));
  });
}
