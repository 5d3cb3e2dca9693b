/** Resources that come from files: where from, how long they are waited for, and when they are read again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, endpoint, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { type Case, type Family, of, type See, type Site, stat, statuses, type View } from './support.ts';
import { place, swap } from './swap.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CORE = 'envoy.config.core.v3';
const DISCOVERY = 'envoy.service.discovery.v3';
const any = (type: string, fields: Fields): Fields => ({ '@type': `type.googleapis.com/${type}`, ...fields });

/** A route table that answers everything with a status. */
const table = (status: number): Fields =>
  any('envoy.config.route.v3.RouteConfiguration', {
    name: 'table',
    virtual_hosts: [
      { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status } }] },
    ],
  });
const answering = (status: number, more: Fields = {}): Fields => ({ resources: [table(status)], ...more });

const from = (config_source: Fields): Fields => ({
  rds: { route_config_name: 'table', config_source },
});
const fromFile = (path: string, more: Fields = {}): Fields =>
  from({ path_config_source: { path, ...more }, initial_fetch_timeout: '0.05s' });

/** The status of a request, and that of another one after the change, as soon as it is another. */
const changes =
  (change: (view: View) => void): See =>
  async (view) => {
    const status = async () => (await ask(view.port, get('/'))).status;
    const before = await status();
    change(view);
    const after = await eventually('the change', async () => {
      const now = await status();
      return now === before ? undefined : now;
    });
    return [before, after];
  };

function sources(folder: string): Case[] {
  const at = (name: string): string => join(folder, name);
  const wrapped = any(`${DISCOVERY}.Resource`, { name: 'table', resource: table(203) });
  const site = (name: string, file: Json): Site => ({
    manager: fromFile(at(name)),
    files: { [name]: file },
  });
  return [
    {
      fields: of(`${CORE}.ConfigSource`, 'path'),
      on: { manager: from({ path: at('one.json') }), files: { 'one.json': answering(201) } },
      off: { ...site('two.json', answering(202)) },
      see: statuses('/'),
      seen: [201],
      unseen: [202],
    },
    {
      fields: of(`${DISCOVERY}.Resource`, 'resource'),
      on: site('wrapped.json', { resources: [wrapped] }),
      off: site('plain.json', answering(204)),
      see: statuses('/'),
      seen: [203],
      unseen: [204],
    },
    {
      fields: of(`${DISCOVERY}.DiscoveryResponse`, 'version_info'),
      on: site('version.json', answering(205, { version_info: 'version 7' })),
      off: site('none.json', answering(205)),
      see: async ({ world, name }) => {
        const wanted = name.endsWith('on') ? 'version 7' : 'version 8';
        return (await world.admin('/config_dump')).includes(`"version_info": "${wanted}"`);
      },
      seen: true,
      unseen: false,
    },
    // The table is not in the file, and a start waits 15 seconds otherwise: too long for that of a family.
    {
      fields: of(`${CORE}.ConfigSource`, 'initial_fetch_timeout'),
      on: site('empty.json', { resources: [] }),
      see: async (view) => [
        (await ask(view.port, get('/'))).status,
        await stat(view, 'http.$.rds.table.init_fetch_timeout'),
      ],
      seen: [404, 1],
    },
    {
      fields: [
        ...of(`${CORE}.PathConfigSource`, 'watched_directory'),
        ...of(`${CORE}.WatchedDirectory`, 'path'),
      ],
      on: {
        manager: fromFile(join(at('swapped'), 'live', 'rds.json'), {
          watched_directory: { path: at('swapped') },
        }),
      },
      see: changes(() => swap(folder, 'swapped')),
      seen: [201, 202],
    },
    {
      fields: of(`${CORE}.WatchedDirectory`, 'watch_modify'),
      on: {
        manager: fromFile(join(at('written'), 'rds.json'), {
          watched_directory: { path: at('written'), watch_modify: true },
        }),
      },
      see: changes(() => writeFileSync(join(at('written'), 'rds.json'), JSON.stringify(answering(202)))),
      seen: [201, 202],
    },
  ];
}

function endpoints(folder: string, origin: number): Case[] {
  const hosts = any('envoy.config.endpoint.v3.ClusterLoadAssignment', {
    cluster_name: 'service',
    endpoints: [{ lb_endpoints: [endpoint(origin)] }],
  });
  const site = (more: Fields, initial_fetch_timeout = '0.05s', fields: Fields = {}): Site => ({
    cluster: {
      type: 'EDS',
      eds_cluster_config: {
        eds_config: { path_config_source: { path: join(folder, 'eds.json') }, initial_fetch_timeout },
        ...more,
      },
      ...fields,
    },
    files: { 'eds.json': { resources: [hosts] } },
  });
  return [
    {
      fields: of(`${CLUSTER}.EdsClusterConfig`, 'service_name'),
      on: site({ service_name: 'service' }),
      off: site({}),
      see: statuses('/'),
      seen: [200],
      unseen: [503],
    },
    // There is no such service, and it is waited for as long as it takes: nothing would start.
    {
      fields: of(CLUSTER, 'wait_for_warm_on_init'),
      on: site({}, '0s', { wait_for_warm_on_init: false }),
      see: statuses('/'),
      seen: [503],
    },
  ];
}

export const discovery: Family = {
  name: 'discovery',
  prepare: (folder) => {
    place(folder, 'swapped', [
      { 'rds.json': JSON.stringify(answering(201)) },
      { 'rds.json': JSON.stringify(answering(202)) },
    ]);
    mkdirSync(join(folder, 'written'));
    writeFileSync(join(folder, 'written', 'rds.json'), JSON.stringify(answering(201)));
  },
  cases: (folder, origin) => [...sources(folder), ...endpoints(folder, origin)],
};
