// Virtual hosts, clusters and route tables that come when requests want them, in the real Envoy and in this proxy.
// Compared: what the server is asked for, answers, access logs, statistics. Skipped where Envoy's binary is absent.
// observes: envoy.extensions.filters.http.on_demand.v3.OnDemand: odcds
// observes: envoy.extensions.filters.http.on_demand.v3.PerRouteConfig: odcds
// observes: envoy.config.route.v3.ScopedRouteConfiguration: on_demand
import t, { type Test } from 'tap';
import { eventually } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { endpoints, type Plain } from '../xds-server/client.ts';
import { sourceOf } from '../xds-server/envoy.ts';
import {
  ADS,
  type Ask,
  CDS,
  host,
  measuring,
  odcds,
  perRoute,
  RDS,
  SRDS,
  to,
  VHDS,
  World,
} from '../xds/on_demand_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

/** What has happened, in either proxy. */
type Record = string[];

/** Runs the same in both and compares. */
async function both(t: Test, run: (t: Test, own: boolean) => Promise<Record>): Promise<void> {
  t.same(await run(t, true), await run(t, false));
}

for (const mode of ['ads-delta', 'delta'] as const) {
  t.test(`virtual hosts: ${mode}`, (t) =>
    both(t, async (t, own) => {
      const world = await World.start(t, {
        own,
        origin: await measuring(t),
        manager: { rds: { route_config_name: 'table', config_source: ADS } },
      });
      const said: Record = [];
      const rds = await world.asked(RDS, 'table');
      const table: Plain = {
        name: 'table',
        virtual_hosts: [host('own', 'own.test', [to('/own', 'one')])],
        vhds: { config_source: sourceOf(mode) },
      };
      rds.send(RDS, '1', [table]);
      const vhds = await world.asked(VHDS);
      said.push(`at first: ${world.said.join()}`);
      vhds.send(VHDS, '1', [host('table/first.test', 'first.test')]);
      await world.serves();
      const hosts = (list: (Plain | undefined)[], names: string[], aliases: string[][]): void =>
        vhds.send(VHDS, '1', list, { names, aliases });
      /** A request; `answer` when the server was asked for it. */
      const step = async (
        name: string,
        how: Ask = {},
        asks = '',
        answer = (): void => undefined,
      ): Promise<void> => {
        world.forget();
        const answered = world.ask(name, how);
        if (asks !== '') {
          await world.asked(VHDS, asks);
          answer();
        }
        said.push(`${name} ${JSON.stringify(how.path)} -> ${await answered}; asked: ${world.said.join()}`);
      };
      const nothing = (name: string) => (): void => hosts([undefined], [name], [[name]]);
      await step('first.test');
      await step('own.test', { path: '/own' });
      await step('own.test', {}, 'table/own.test', nothing('table/own.test'));
      await step('own.test');
      await step('A.test:80', {}, 'table/a.test:80', () =>
        hosts([host('table/a', 'a.test:80')], ['table/a'], [['table/a.test:80']]),
      );
      await step('a.TEST:80', { path: '/again' });
      await step('post.test', { method: 'POST', body: 'x'.repeat(1000) }, 'table/post.test', () =>
        hosts([host('table/post.test', 'post.test')], ['table/post.test'], [[]]),
      );
      await step('none.test', {}, 'table/none.test', nothing('table/none.test'));
      await step('none.test');
      await step('noroute.test', {}, 'table/noroute.test', () =>
        hosts(
          [host('table/noroute.test', 'noroute.test', [to('/other', 'one')])],
          ['table/noroute.test'],
          [[]],
        ),
      );
      await step('noroute.test');
      await step('noroute.test', { path: '/other' });
      await step('nocluster.test', {}, 'table/nocluster.test', () =>
        hosts(
          [host('table/nocluster.test', 'nocluster.test', [to('/', 'nope')])],
          ['table/nocluster.test'],
          [[]],
        ),
      );
      const two = { ...host('table/two', 'two.test'), domains: ['two.test', 'too.test'] };
      await step('two.test', {}, 'table/two.test', () =>
        hosts([two], ['table/two'], [['table/two.test', 'table/too.test']]),
      );
      await step('too.test');
      // An upgrade that nobody allows: what it is refused with depends on whether there is a route.
      const upgrade = { headers: { connection: 'upgrade', upgrade: 'websocket' } };
      await step('ws.test', upgrade, 'table/ws.test', nothing('table/ws.test'));
      await step('first.test', upgrade);
      // A table that changes keeps its hosts, and what it knows of others.
      rds.send(RDS, '2', [{ ...table, response_headers_to_add: [{ header: { key: 'x', value: 'y' } }] }]);
      await step('too.test');
      await step('none.test');
      const at = 'http.main.rds.vhds.table';
      for (const name of ['update_success', 'update_rejected', 'config_reload', 'init_fetch_timeout'])
        said.push(`${name}: ${await world.stat(`${at}.${name}`)}`);
      said.push(`no_route: ${await world.stat('http.main.no_route')}`);
      return [...said, ...(await world.log(19))];
    }),
  );
}

for (const mode of ['ads-delta', 'delta', 'ads-sotw'] as const) {
  t.test(`clusters: ${mode}`, (t) =>
    both(t, async (t, own) => {
      const origin = await measuring(t);
      const source = sourceOf(mode);
      const names = ['a', 'b', 'c', 'g', 'h'];
      const world = await World.start(t, {
        own,
        origin,
        filter: odcds(source),
        ads: mode === 'ads-sotw' ? 'GRPC' : 'DELTA_GRPC',
        manager: {
          route_config: {
            name: 'table',
            validate_clusters: false,
            virtual_hosts: [
              host('all', '*', [
                ...names.map((name) => to(`/${name}/`, name)),
                {
                  match: { prefix: '/weighted' },
                  route: { weighted_clusters: { clusters: [{ name: 'w', weight: 1 }] } },
                },
                { match: { prefix: '/by-header' }, route: { cluster_header: 'X-Cluster' } },
                to('/off', 'off', { typed_per_filter_config: perRoute({}) }),
                to('/soon', 'soon', { typed_per_filter_config: perRoute(odcds(source, '0.05s')) }),
                { match: { prefix: '/here' }, direct_response: { status: 202 } },
                { match: { prefix: '/there' }, redirect: { host_redirect: 'there.test' } },
                to('/', 'one'),
              ]),
            ],
          },
        },
      });
      await world.serves();
      const said: Record = [];
      const cluster = (name: string, more: Plain = {}): Plain => ({
        name,
        type: 'STATIC',
        connect_timeout: '5s',
        load_assignment: endpoints(name, origin),
        ...more,
      });
      /** A request; `asks`: for what cluster the server is asked, `answer` what it says. */
      const step = async (
        path: string,
        asks = '',
        answer: Plain | 'missing' | 'nothing' = 'nothing',
        how: Ask = {},
      ): Promise<void> => {
        world.forget();
        const answered = world.ask('any', { ...how, path });
        if (asks !== '') {
          const call = await world.asked(CDS, asks);
          if (answer === 'missing') call.send(CDS, '1', [], { removed: [asks] });
          else if (answer !== 'nothing') call.send(CDS, '1', [answer]);
        }
        said.push(`${path} -> ${await answered}; asked: ${world.said.join()}`);
      };
      await step('/');
      await step('/a/', 'a', cluster('a'));
      await step('/a/');
      await step('/b/', 'b', cluster('b'), { method: 'POST', body: 'x'.repeat(1000) });
      // A state of the world cannot say that there is no such cluster.
      if (mode !== 'ads-sotw') await step('/c/', 'c', 'missing');
      await step('/weighted', 'w', cluster('w'));
      await step('/by-header', 'x', cluster('x'), { headers: { 'x-cluster': 'x' } });
      await step('/by-header', '', 'nothing', { headers: { 'x-cluster': 'x' } });
      await step('/by-header');
      await step('/off');
      await step('/soon', 'soon');
      await step('/here');
      await step('/there');
      world.forget();
      const both = [world.ask('any', { path: '/g/' }), world.ask('any', { path: '/h/' })];
      const [call] = [await world.asked(CDS, 'g'), await world.asked(CDS, 'h')];
      call.send(CDS, '2', [cluster('g'), cluster('h')]);
      said.push((await Promise.all(both)).join());
      if (mode !== 'ads-sotw') {
        call.send(CDS, '3', [], { removed: ['a'] });
        await gone(world, 'a');
      }
      for (const name of ['cluster_added', 'cluster_removed', 'active_clusters'])
        said.push(`${name}: ${await world.stat(`cluster_manager.${name}`)}`);
      for (const name of ['http.main.no_cluster', 'http.main.downstream_rq_2xx'])
        said.push(`${name}: ${await world.stat(name)}`);
      if (mode === 'delta')
        said.push(`update_success: ${await world.stat('cluster_manager.odcds.update_success')}`);
      return [...said, ...(await world.log(mode === 'ads-sotw' ? 14 : 15))].sort();
    }),
  );
}

/** Until the cluster has gone. */
async function gone(world: World, cluster: string): Promise<void> {
  await eventually(
    'the cluster to go',
    async () => !(await world.proxy.get('/clusters')).includes(`${cluster}::`),
  );
}

for (const ads of ['GRPC', 'DELTA_GRPC'] as const) {
  t.test(`scopes: ${ads}`, (t) =>
    both(t, async (t, own) => {
      const key = { fragments: [{ header_value_extractor: { name: 'x-scope', index: 0 } }] };
      const world = await World.start(t, {
        own,
        ads,
        origin: await measuring(t),
        manager: {
          scoped_routes: {
            name: 'scopes',
            scope_key_builder: key,
            rds_config_source: ADS,
            scoped_rds: { scoped_rds_config_source: ADS },
          },
        },
      });
      const said: Record = [];
      const scope = (name: string, table: string, on_demand = true): Plain => ({
        name,
        route_configuration_name: table,
        on_demand,
        key: { fragments: [{ string_key: name }] },
      });
      const tables: Plain[] = [];
      const call = await world.asked(SRDS);
      /** Of a state of the world all of them. */
      const table = (name: string): void => {
        const made = { name, virtual_hosts: [host('all', '*', [answering(name)])] };
        tables.push(made);
        call.send(RDS, `${tables.length}`, ads === 'GRPC' ? tables : [made]);
      };
      const all = [scope('now', 't1', false), scope('later', 't2'), scope('too', 't2'), scope('third', 't3')];
      call.send(SRDS, '1', all);
      await world.asked(RDS, 't1');
      table('t1');
      await world.serves();
      const step = async (name: string, asks = ''): Promise<void> => {
        world.forget();
        const answered = world.ask('any', { path: `/${name}`, headers: { 'x-scope': name } });
        if (asks !== '') {
          await world.asked(RDS, asks);
          table(asks);
        }
        said.push(`${name} -> ${await answered}`);
      };
      const gauges = async (): Promise<void> => {
        for (const name of ['all_scopes', 'active_scopes', 'on_demand_scopes'])
          said.push(`${name}: ${await world.stat(`http.main.scoped_rds.scopes.${name}`)}`);
      };
      await gauges();
      await step('now');
      await step('nobody');
      await step('later', 't2');
      await step('later');
      await step('too');
      await gauges();
      await step('third', 't3');
      // Another table: it is asked for when it is wanted.
      const others = ads === 'GRPC' ? all.slice(0, 3) : [];
      call.send(SRDS, '2', [...others, scope('third', 't4')]);
      await eventually(
        'the update',
        async () => (await world.stat('http.main.scoped_rds.scopes.update_success')) === 2,
      );
      await step('third', 't4');
      await step('third');
      await gauges();
      return [...said, ...(await world.log(8))];
    }),
  );
}

const answering = (text: string): Plain => ({
  match: { prefix: '/' },
  direct_response: { status: 200, body: { inline_string: text } },
});

t.test('a host and then its cluster', (t) =>
  both(t, async (t, own) => {
    const origin = await measuring(t);
    const world = await World.start(t, {
      own,
      origin,
      filter: odcds(ADS),
      manager: { rds: { route_config_name: 'table', config_source: ADS } },
    });
    const call = await world.asked(RDS, 'table');
    call.send(RDS, '1', [{ name: 'table', vhds: { config_source: ADS } }]);
    await world.asked(VHDS);
    call.send(VHDS, '1', [host('table/first', 'first.test')], { names: ['table/first'] });
    await world.serves();
    const answered = world.ask('new.test', { method: 'POST', body: 'hello' });
    await world.asked(VHDS, 'table/new.test');
    call.send(VHDS, '2', [host('table/new.test', 'new.test', [to('/', 'new')])], {
      names: ['table/new.test'],
    });
    await world.asked(CDS, 'new');
    const load_assignment = endpoints('new', origin);
    call.send(CDS, '1', [{ name: 'new', type: 'STATIC', connect_timeout: '5s', load_assignment }]);
    return [await answered, ...world.said, ...(await world.log(1))];
  }),
);
