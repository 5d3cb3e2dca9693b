// Network filters before the last one of a chain, the same configuration through the real Envoy and through this
// proxy: who is let in, how the others end, logs and statistics. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Authority } from '../e2e/certificates.ts';
import { connectionLimit, localRatelimit } from '../e2e/network_filter_support.ts';
import {
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { client, type End, echoes, lineLog, proxied, TcpOrigin } from '../e2e/tcp_support.ts';
import { downstream, secured } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

const dir = folder();
const pair = new Authority().issue('a.example');
const origin = await new TcpOrigin(echoes).listen();
const SAYS =
  '%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% %FILTER_CHAIN_NAME%';

/** The filters in front, by the name of the listener. */
const FILTERS: Readonly<Record<string, Json[]>> = {
  none: [],
  limit: [connectionLimit('limit', 2)],
  later: [connectionLimit('later', 1, { delay: '0.3s' })],
  never: [connectionLimit('never', 1, { runtime_enabled: { default_value: false, runtime_key: 'a' } })],
  tight: [connectionLimit('wide', 3), connectionLimit('tight', 1)],
  rate: [localRatelimit('rate', 2)],
  free: [localRatelimit('free', 1, { runtime_enabled: { default_value: false, runtime_key: 'b' } })],
  shared1: [localRatelimit('shared', 2, { share_key: 'one' })],
  shared2: [localRatelimit('shared', 2, { share_key: 'one' })],
  other: [localRatelimit('other', 2, { share_key: 'two' })],
  both: [localRatelimit('first', 3), connectionLimit('second', 1)],
  http: [connectionLimit('http', 1)],
  tls: [connectionLimit('tls', 1)],
};
const NAMES = Object.keys(FILTERS);
type Side = {
  readonly ports: Readonly<Record<string, number>>;
  readonly admin: number;
  readonly prefix: string;
};

function config(ports: Readonly<Record<string, number>>, admin: number, prefix: string): Fields {
  const logs = (name: string): Fields => ({ access_log: [lineLog(`${prefix}.${name}.log`, SAYS)] });
  const listeners = NAMES.map((name) => {
    const port = ports[name] as number;
    const made =
      name === 'http'
        ? listener(name, port, { route_config: routes([toCluster('origin')]) }, logs('listener.http'))
        : proxied(name, port, { cluster: 'origin', ...logs(name) }, logs(`listener.${name}`));
    const [chain] = made.filter_chains as Fields[];
    const whole = {
      ...made,
      filter_chains: [{ ...chain, filters: [...(FILTERS[name] ?? []), ...(chain?.filters as Json[])] }],
    };
    return name === 'tls' ? secured(whole, downstream([pair])) : whole;
  });
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { listeners, clusters: [cluster('origin', [origin.port])] },
  };
}

async function begin(own: boolean): Promise<Side> {
  const ports: Record<string, number> = {};
  for (const name of NAMES) ports[name] = await freePort();
  const admin = await freePort();
  const prefix = join(dir.path, own ? 'ours' : 'theirs');
  const fields = config(ports, admin, prefix);
  const running = await runSide(own, fields, {
    ...{ admin, dir, concurrency: 2 },
    flags: ['--file-flush-interval-msec', '20'],
  });
  t.teardown(() => running.stop());
  return { ports, admin, prefix };
}
const sides = [await begin(false), await begin(true)] as const;
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

const stats = async ({ admin }: Side, filter: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();

/** Whether a client that says something is answered: it stays. Or how it ended. */
async function enter({ ports }: Side, name: string, text = 'hello'): Promise<{ end: End; how: string }> {
  const end = client(ports[name] as number).send(text);
  await eventually(`an end or an answer of ${name}`, () => end.text !== '' || end.ended || end.closed);
  const how = end.text !== '' ? 'answered' : (end.error?.code ?? 'ended');
  if (how !== 'answered') end.close();
  return { end, how };
}

/** The same clients one after another on both sides; those that were let in are given back. */
async function same(t: Test, name: string, count: number, wanted: readonly string[]): Promise<End[][]> {
  const all: End[][] = [];
  const seen: string[][] = [];
  for (const side of sides) {
    const came = [];
    for (let i = 0; i < count; i++) came.push(await enter(side, name));
    all.push(came.filter(({ how }) => how === 'answered').map(({ end }) => end));
    // A reset and an end are told apart by who is faster.
    seen.push(came.map(({ how }) => (how === 'answered' ? how : 'closed')));
  }
  t.strictSame(seen[1], seen[0], name);
  t.strictSame(seen[0], wanted, name);
  return all;
}
const gone = async (name: string, clients: End[][]): Promise<void> => {
  for (const end of clients.flat()) end.close();
  for (const side of sides) {
    await eventually('no connections', async () =>
      / 0$/m.test(await stats(side, `^listener.127.0.0.1_${side.ports[name]}.downstream_cx_active$`)),
    );
  }
};
const [IN, OUT] = ['answered', 'closed'];

t.test('connection_limit', async (t) => {
  await gone('limit', await same(t, 'limit', 4, [IN, IN, OUT, OUT]));
  await gone('limit', await same(t, 'limit', 3, [IN, IN, OUT]));
  await gone('later', await same(t, 'later', 2, [IN, OUT]));
  await gone('never', await same(t, 'never', 3, [IN, IN, IN]));
  await gone('tight', await same(t, 'tight', 3, [IN, OUT, OUT]));
});

t.test('local_ratelimit', async (t) => {
  await gone('rate', await same(t, 'rate', 4, [IN, IN, OUT, OUT]));
  await gone('free', await same(t, 'free', 3, [IN, IN, IN]));
  await gone('shared1', await same(t, 'shared1', 1, [IN]));
  await gone('shared2', await same(t, 'shared2', 2, [IN, OUT]));
  await gone('other', await same(t, 'other', 3, [IN, IN, OUT]));
  await gone('both', await same(t, 'both', 4, [IN, OUT, OUT, OUT]));
});

t.test('HTTP', async (t) => {
  for (const side of sides) {
    const first = await enter(side, 'http', get('/'));
    t.equal((await enter(side, 'http', get('/'))).how === 'answered', false);
    t.equal(first.how, 'answered');
    first.end.close();
  }
});

t.test('statistics and logs', async (t) => {
  const read = async (side: Side): Promise<string[]> => {
    const text = await stats(
      side,
      'connection_limit|local_rate_limit|^listener.*downstream_cx_(total|active|destroy)|^tcp',
    );
    return (
      text
        .split('\n')
        .filter((line) => !/worker|admin|_ssl_|bytes|length|buffered/.test(line))
        // Envoy's count falls below 0: docs/differences.md.
        .filter((line) => !/(never|second)\.active_connections/.test(line))
        .map((line) => {
          const [name] = Object.entries(side.ports).find(([, port]) => line.includes(`_${port}.`)) ?? [];
          return name === undefined ? line : line.replace(String(side.ports[name]), name);
        })
        .sort()
    );
  };
  await eventually('the ends', async () =>
    (await Promise.all(sides.map(read))).every(
      (lines) => !lines.some((line) => /downstream_cx_active: [1-9]/.test(line)),
    ),
  );
  const [theirs, ours] = await Promise.all(sides.map(read));
  t.strictSame(ours, theirs);
  for (const name of NAMES) {
    for (const log of [name, `listener.${name}`]) {
      const lines = ({ prefix }: Side): string[] =>
        existsSync(`${prefix}.${log}.log`)
          ? readFileSync(`${prefix}.${log}.log`, 'utf8').split('\n').sort()
          : [];
      await eventually(`lines of ${log}`, () => lines(sides[0]).length === lines(sides[1]).length).catch(
        () => undefined,
      );
      t.strictSame(lines(sides[1]), lines(sides[0]), log);
    }
  }
});
