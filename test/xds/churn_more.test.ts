/**
 * Updates of every kind that has no listener or cluster of its own (secrets, runtime, virtual hosts, scopes, filters,
 * endpoints of localities), and hosts on demand, in turn and as fast as they are taken in, while requests run on kept and
 * new connections, with TLS and without: none fails, none of the kept connections ends, and memory does not grow.
 * `CHURN` is how many rounds; from 400 on memory is looked at.
 */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import t, { type Test } from 'tap';
import { Authority, type Pair, pem } from '../e2e/certificates.ts';
import { Client, eventually, freePort, get, listener, router } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { ADS, host, measuring, RDS, SRDS, to, VHDS, World } from './on_demand_world.ts';
import { type Call, TYPE } from './raw_server.ts';
import type { Attache } from './world.ts';

const ROUNDS = Number(process.env.CHURN ?? 40);
/** From so many on what is not given back is more than what varies anyway. */
const TELLING = 400;
t.setTimeout(1_800_000);

const EDS = `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`;
const LEDS = `${TYPE}.config.endpoint.v3.LbEndpoint`;
const SDS = `${TYPE}.extensions.transport_sockets.tls.v3.Secret`;
const RTDS = `${TYPE}.service.runtime.v3.Runtime`;
const ECDS = `${TYPE}.config.core.v3.TypedExtensionConfig`;
const FAULT = `${TYPE}.extensions.filters.http.fault.v3.HTTPFault`;
const TABLES = ['one', 'two'];
const collection = (one: string): string => `xdstp://tests/envoy.config.endpoint.v3.LbEndpoint/all/${one}`;

/** Sends, and waits until it was taken. Throws when it was refused. */
async function push(
  call: Call,
  type: string,
  version: string,
  list: readonly (Plain | undefined)[],
  more: Parameters<Call['send']>[3],
): Promise<void> {
  const from = call.requests.length;
  call.send(type, version, list, more);
  const { nonce } = call;
  const answer = await eventually(`${type} to be taken`, () =>
    call.requests.slice(from).find(({ response_nonce: own }) => own === nonce),
  );
  const refusal = answer.error_detail as Plain | undefined;
  if (refusal !== undefined) throw new Error(`${type}: ${String(refusal.message)}`);
}

const secret = ({ cert, key }: Pair): Plain => ({
  name: 'server',
  tls_certificate: {
    certificate_chain: { inline_string: pem(cert).toString() },
    private_key: { inline_string: pem(key).toString() },
  },
});

/** What each kind is in a round. */
function updates(origins: readonly number[], pairs: readonly Pair[]) {
  const generation = (n: number): Plain => ({ header: { key: 'x-generation', value: `${n}` } });
  return {
    scopes: (n: number): [Plain[], string[]] => {
      const scope = (name: string, table = ''): Plain => ({
        name,
        route_configuration_name: table,
        key: { fragments: [{ string_key: name }] },
      });
      const fixed = TABLES.map((table) => scope(table, table));
      const made = [scope('a', TABLES[n % 2]), scope(`new-${n}`, TABLES[n % 2])];
      return [n === 0 ? [...fixed, ...made] : made, n === 0 ? [] : [`new-${n - 1}`]];
    },
    hosts: (n: number): Plain[] =>
      TABLES.map((table) => ({
        ...host(`${table}/h.test`, 'h.test', [to('/', 'many')]),
        response_headers_to_add: [generation(n)],
      })),
    filter: (n: number): Plain => ({
      name: 'delivered',
      typed_config: { '@type': FAULT, max_active_faults: n },
    }),
    runtime: (n: number): Plain => ({
      name: 'live',
      layer: { 'overload.global_downstream_max_connections': 10_000 + n },
    }),
    endpoint: (n: number): Plain => ({
      endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: origins[n % 2] } } },
    }),
    secret: (n: number): Plain => secret(pairs[n % 2] as Pair),
  };
}

async function start(t: Test) {
  const authority = new Authority();
  t.teardown(() => authority.remove());
  const pairs = [0, 1].map(() => authority.issue('server', { san: 'DNS:server.test' }));
  const origins = [await measuring(t), await measuring(t)];
  const port = await freePort();
  const secured = listener('secured', port, {
    route_config: { name: 'fixed', virtual_hosts: [host('all', '*', [to('/', 'many')])] } as never,
    http_filters: [router],
  });
  const [chain] = secured.filter_chains as Plain[];
  const context = {
    '@type': `${TYPE}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
    common_tls_context: {
      tls_certificate_sds_secret_configs: [{ name: 'server', sds_config: ADS }],
    },
  };
  const layer = { name: 'live', rtds_config: ADS };
  const world = await World.start(t, {
    own: true,
    origin: origins[0] as number,
    workers: 2,
    clusters: [{ name: 'many', type: 'EDS', connect_timeout: '5s', eds_cluster_config: { eds_config: ADS } }],
    filters: [{ name: 'delivered', config_discovery: { config_source: ADS, type_urls: [FAULT] } }],
    manager: {
      scoped_routes: {
        name: 'scopes',
        scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-scope', index: 0 } }] },
        rds_config_source: ADS,
        scoped_rds: { scoped_rds_config_source: ADS },
      },
    },
    listeners: [
      { ...secured, filter_chains: [{ ...chain, transport_socket: { name: 'tls', typed_config: context } }] },
    ],
    bootstrap: { layered_runtime: { layers: [{ name: 'live', rtds_layer: layer }] } },
  });
  const made = updates(origins, pairs);
  const call = await world.asked(RTDS);
  await push(call, RTDS, '0', [made.runtime(0)], { names: ['live'] });
  await world.asked(EDS, 'many');
  const leds_cluster_locality_config = { leds_config: ADS, leds_collection_name: collection('*') };
  await push(call, EDS, '0', [{ cluster_name: 'many', endpoints: [{ leds_cluster_locality_config }] }], {
    names: ['many'],
  });
  await world.asked(LEDS, collection('*'));
  await push(call, LEDS, '0', [made.endpoint(0)], { names: [collection('0')] });
  await world.asked(SRDS);
  const [scopes] = made.scopes(0);
  call.send(SRDS, '0', scopes);
  for (const table of TABLES) await world.asked(RDS, table);
  call.send(
    RDS,
    '0',
    TABLES.map((name) => ({ name, vhds: { config_source: ADS } })),
  );
  await world.asked(VHDS);
  call.send(VHDS, '0', made.hosts(0));
  await world.asked(SDS, 'server');
  call.send(SDS, '0', [made.secret(0)]);
  await world.asked(ECDS, 'delivered');
  call.send(ECDS, '0', [made.filter(0)]);
  await (world.proxy as Attache).live();
  return { world, call, made, port };
}

/** What requests got that should not have been. */
class Load {
  readonly wrong: string[] = [];
  answers = 0;
  going = true;
  readonly #busy: Promise<void>[] = [];

  count(answer: string): void {
    this.answers++;
    if (answer !== '200 0' && this.wrong.length < 20) this.wrong.push(answer);
  }

  /** Over and over. */
  run(ask: () => Promise<string>): void {
    this.#busy.push(
      (async () => {
        while (this.going) this.count(await ask());
      })(),
    );
  }

  async end(): Promise<void> {
    this.going = false;
    await Promise.all(this.#busy);
  }
}

function load(t: Test, world: World, secured: number): Load {
  const made = new Load();
  const headers = { 'x-scope': 'a' };
  const client = new Client(world.port);
  t.teardown(() => client.socket.destroy());
  made.run(async () => {
    client.send(get('/').replace(/host: [^\r]*/i, 'host: h.test\r\nx-scope: a'));
    const { status, body } = await client.response();
    return client.closed ? 'a kept connection has ended' : `${status} ${body}`;
  });
  made.run(() => world.ask('h.test', { headers }));
  const secure = (agent: https.Agent): Promise<string> =>
    new Promise((resolve) => {
      const options = {
        port: secured,
        host: '127.0.0.1',
        agent,
        rejectUnauthorized: false,
        maxCachedSessions: 0,
      };
      https
        .get(options, (answer) => {
          let text = '';
          answer.on('data', (bytes: Buffer) => {
            text += bytes.toString();
          });
          answer.on('end', () => resolve(`${answer.statusCode} ${text}`));
        })
        .on('error', (error) => resolve(error.message));
    });
  const kept = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => kept.destroy());
  made.run(() => secure(kept));
  made.run(() => secure(new https.Agent({ keepAlive: false })));
  return made;
}

/** Bytes resident, and those of the heap in use. */
async function memory(proxy: Attache): Promise<readonly [number, number]> {
  const status = readFileSync(`/proc/${proxy.running.child.pid}/status`, 'utf8');
  const { allocated = 0 } = await proxy.json('/memory');
  return [Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024, Number(allocated)];
}

t.test('updates of all kinds, under load', async (t) => {
  const { world, call, made, port } = await start(t);
  const proxy = world.proxy as Attache;
  const running = load(t, world, port);
  const samples: (readonly [number, number])[] = [];
  const lines = async (): Promise<number> => (await proxy.get('/stats')).split('\n').length;
  let first = 0;
  for (let n = 1; n <= ROUNDS; n++) {
    const old = collection(`${n - 1}`);
    await push(call, LEDS, `${n}`, [made.endpoint(n)], { names: [collection(`${n}`)], removed: [old] });
    await push(call, VHDS, `${n}`, made.hosts(n), {});
    const [scopes, removed] = made.scopes(n);
    await push(call, SRDS, `${n}`, scopes, { removed });
    await push(call, ECDS, `${n}`, [made.filter(n)], {});
    await push(call, RTDS, `${n}`, [made.runtime(n)], {});
    await push(call, SDS, `${n}`, [made.secret(n)], {});
    // One that comes when it is wanted, and goes again; and one that nothing stands for.
    const name = `d${n}.test`;
    const table = TABLES[n % 2] as string;
    const from = call.requests.length;
    const answer = world.ask(name, { headers: { 'x-scope': 'a' } });
    const nothing = world.ask(`no-${name}`, { headers: { 'x-scope': 'a' } });
    for (const each of [name, `no-${name}`])
      await eventually(`a question for ${each}`, () =>
        call.requests
          .slice(from)
          .some(({ resource_names_subscribe: added }) =>
            ((added ?? []) as string[]).includes(`${table}/${each}`),
          ),
      );
    await push(call, VHDS, `${n}`, [host(name, name, [to('/', 'many')]), undefined], {
      names: [`${table}/${name}`, `${table}/no-${name}`],
    });
    running.count(await answer);
    t.equal(await nothing, '404 ');
    await push(call, VHDS, `${n}`, [], { removed: [`${table}/${name}`] });
    if (n === Math.ceil(ROUNDS / 4)) first = await lines();
    if (n > ROUNDS / 4) samples.push(await memory(proxy));
  }
  await running.end();
  t.same(running.wrong, [], `of ${running.answers} answers`);
  t.equal(await lines(), first, 'no statistics are left behind');
  t.equal(await world.stat('http.main.downstream_rq_active'), 0);
  if (ROUNDS < TELLING) return;
  const half = samples.length / 2;
  for (const [i, what] of ['resident', 'heap'].entries()) {
    const most = (list: typeof samples): number =>
      Math.max(...list.map((each) => each[i] as number)) / 2 ** 20;
    const [before, after] = [most(samples.slice(0, half)), most(samples.slice(half))];
    t.comment(
      `${what}: ${before.toFixed(1)} MB at most in the first half, ${after.toFixed(1)} in the second`,
    );
    t.ok(after < before * 1.15 + 16, `${what}: at most ${before} MB, then ${after} MB`);
  }
});
