/** HTTP filters: which of them a request meets, and with what settings. */
import { type Fields, type Json, router, toCluster } from '../e2e/support.ts';
import { atOrigin, type Case, type Family, of, R, type See, type Site, statuses } from './support.ts';

const FILTER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';
const BUFFER = 'envoy.extensions.filters.http.buffer.v3';
const CONFIG = `${R}.FilterConfig`;
const any = (type: string, fields: Fields = {}): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});

/** A filter that takes requests of ten bytes. */
const ten = (fields: Fields = {}): Fields => ({
  name: 'ten',
  typed_config: any(`${BUFFER}.Buffer`, { max_request_bytes: 10 }),
  ...fields,
});
const filters = (...list: Fields[]): Site => ({ manager: { http_filters: [...list, router] } });
const post = (bytes: number): string =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
const twenty: See = statuses(post(20));

/** What a route, or what is above it, says of the filter. */
const says = (settings: Fields): Fields => ({ typed_per_filter_config: { ten: settings } });
const off = says(any(CONFIG, { disabled: true }));
const wide = (max_request_bytes = 100): Fields =>
  any(`${BUFFER}.BufferPerRoute`, { buffer: { max_request_bytes } });
const route = (fields: Fields): Site => ({
  ...filters(ten()),
  routes: [{ ...toCluster('echo'), ...fields }],
});

/** The same with and without what is said of the filter. */
const lets = (fields: string[], on: Site, without: Site): Case => ({
  fields,
  on,
  off: without,
  see: twenty,
  seen: [200],
  unseen: [413],
});

function chains(): Case[] {
  const unknown: Json = any('envoy.extensions.filters.http.lua.v3.Lua');
  return [
    {
      fields: [...of(`${BUFFER}.Buffer`, 'max_request_bytes'), ...of(FILTER, 'typed_config')],
      on: filters(ten()),
      off: {},
      see: statuses(post(10), post(11)),
      seen: [200, 413],
      unseen: [200, 200],
    },
    lets(of(FILTER, 'disabled'), filters(ten({ disabled: true })), filters(ten())),
    // Without the field nothing would start.
    {
      fields: of(FILTER, 'is_optional'),
      on: filters({ name: 'a filter that is not built in', is_optional: true, typed_config: unknown }),
      see: twenty,
      seen: [200],
    },
    lets(
      of(FILTER, 'name'),
      { ...filters(ten()), host: off },
      { ...filters(ten({ name: 'another' })), host: off },
    ),
    // All of it is here before the host hears of it: the length is known.
    {
      fields: of(`${BUFFER}.Buffer`, 'max_request_bytes'),
      on: filters(ten()),
      off: {},
      see: atOrigin(
        'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
        ({ headers }) => [headers['content-length'], headers['transfer-encoding']],
      ),
      seen: ['5', undefined],
      unseen: [undefined, 'chunked'],
    },
  ];
}

function levels(): Case[] {
  const weighted = (fields: Fields): Json[] => [
    {
      match: { prefix: '/' },
      route: { weighted_clusters: { clusters: [{ name: 'echo', weight: 1, ...fields }] } },
    },
  ];
  const plain = filters(ten());
  const map = (message: string): string[] => of(`${R}.${message}`, 'typed_per_filter_config');
  return [
    lets([...map('RouteConfiguration'), ...of(CONFIG, 'disabled')], { ...plain, table: off }, plain),
    lets(map('VirtualHost'), { ...plain, host: off }, plain),
    lets(map('Route'), route(off), plain),
    lets(
      map('WeightedCluster.ClusterWeight'),
      { ...plain, routes: weighted(off) },
      { ...plain, routes: weighted({}) },
    ),
    // The nearest counts.
    lets(map('Route'), { ...route(says(wide())), host: says(wide(10)), table: says(wide(5)) }, plain),
  ];
}

function settings(): Case[] {
  const switched = (config: Fields): Site => ({
    ...filters(ten({ disabled: true })),
    host: says(any(CONFIG, config)),
  });
  return [
    lets(of(`${BUFFER}.BufferPerRoute`, 'buffer'), route(says(wide())), route({})),
    lets(
      of(`${BUFFER}.BufferPerRoute`, 'disabled'),
      route(says(any(`${BUFFER}.BufferPerRoute`, { disabled: true }))),
      route({}),
    ),
    // What has settings is on, also when they are empty.
    {
      ...lets(of(CONFIG, 'config'), switched({ config: {} }), switched({ disabled: true })),
      seen: [413],
      unseen: [200],
    },
    lets(of(CONFIG, 'config'), route(says(any(CONFIG, { config: wide() }))), route({})),
    // Without the field nothing would start.
    {
      fields: of(CONFIG, 'is_optional'),
      on: switched({ is_optional: true, config: any('envoy.extensions.filters.http.lua.v3.LuaPerRoute') }),
      see: twenty,
      seen: [413],
    },
  ];
}

export const httpFilters: Family = {
  name: 'http filters',
  cases: () => [...chains(), ...levels(), ...settings()],
};
