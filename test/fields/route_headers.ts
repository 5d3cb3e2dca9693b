/** Headers that are added and removed, at every level. */
import { type Fields, get, type Json, toCluster } from '../e2e/support.ts';
import {
  type Case,
  echoed,
  of,
  originHeader,
  R,
  response,
  responseHeader,
  type See,
  type Site,
} from './support.ts';

const OPTION = 'envoy.config.core.v3.HeaderValueOption';
const VALUE = 'envoy.config.core.v3.HeaderValue';
const add = (value: string, more: Fields = {}): Json[] => [{ header: { key: 'x-a', value }, ...more }];

/** The four fields at a level, that `put` makes a site of. */
function level(message: string, put: (fields: Fields) => Site): Case[] {
  const one = (name: string, value: Json, see: See, seen: unknown, unseen: unknown): Case => ({
    fields: [`${message}.${name}`],
    on: put({ [name]: value }),
    off: put({}),
    see,
    seen,
    unseen,
  });
  return [
    one('request_headers_to_add', add('new'), originHeader('/', 'x-a'), 'new', undefined),
    one('request_headers_to_remove', ['x-b'], originHeader(get('/', 'x-b: 1\r\n'), 'x-b'), undefined, '1'),
    one('response_headers_to_add', add('new'), responseHeader('/', 'x-a'), 'new', undefined),
    one('response_headers_to_remove', ['x-origin'], responseHeader('/', 'x-origin'), undefined, 'yes'),
  ];
}

const weighted = (fields: Fields): Site => ({
  routes: [
    {
      match: { prefix: '/' },
      route: { weighted_clusters: { clusters: [{ name: 'echo', weight: 1, ...fields }] } },
    },
  ],
});
const levels: Case[] = [
  ...level(`${R}.RouteConfiguration`, (table) => ({ table })),
  ...level(`${R}.VirtualHost`, (host) => ({ host })),
  ...level(`${R}.Route`, (fields) => ({ routes: [{ ...toCluster('echo'), ...fields }] })),
  ...level(`${R}.WeightedCluster.ClusterWeight`, weighted),
];

const adding = (option: Fields): Site => ({ host: { response_headers_to_add: [option] } });
const option = (
  name: string,
  fields: Fields,
  base: Fields,
  see: See,
  seen: unknown,
  unseen: unknown,
): Case => ({
  fields: of(OPTION, name),
  on: adding({ ...base, ...fields }),
  off: adding(base),
  see,
  seen,
  unseen,
});
/** Every value of the header x-origin, which the origin sets to `yes`. */
const all = response('/', ({ headers }) =>
  headers.filter(([name]) => name === 'x-origin').map(([, value]) => value),
);
const there = response('/', ({ headers }) => headers.some(([name]) => name === 'x-a'));
const mine = { header: { key: 'x-origin', value: 'mine' } };
const options: Case[] = [
  {
    fields: [...of(OPTION, 'header'), ...of(VALUE, 'key value')],
    on: adding({ header: { key: 'x-a', value: 'b' } }),
    off: {},
    see: responseHeader('/', 'x-a'),
    seen: 'b',
    unseen: undefined,
  },
  {
    fields: of(VALUE, 'raw_value'),
    on: adding({ header: { key: 'x-a', raw_value: 'cmF3' } }),
    off: {},
    see: responseHeader('/', 'x-a'),
    seen: 'raw',
    unseen: undefined,
  },
  option('append', { append: false }, mine, all, ['mine'], ['yes', 'mine']),
  option('append_action', { append_action: 'ADD_IF_ABSENT' }, mine, all, ['yes'], ['yes', 'mine']),
  option(
    'append_action',
    { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    mine,
    all,
    ['mine'],
    ['yes', 'mine'],
  ),
  option(
    'append_action',
    { append_action: 'OVERWRITE_IF_EXISTS' },
    { header: { key: 'x-a', value: 'b' } },
    there,
    false,
    true,
  ),
  option(
    'keep_empty_value',
    { keep_empty_value: true },
    { header: { key: 'x-a', value: '' } },
    there,
    true,
    false,
  ),
];

/** The last one to write wins: the route, or with the field the table. */
const order: Case = {
  fields: of(`${R}.RouteConfiguration`, 'most_specific_header_mutations_wins'),
  ...(() => {
    const put = (who: string): Fields => ({
      request_headers_to_add: add(who, { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }),
    });
    const site = (table: Fields): Site => ({
      table: { ...put('table'), ...table },
      routes: [{ ...toCluster('echo'), ...put('route') }],
    });
    return { on: site({ most_specific_header_mutations_wins: true }), off: site({}) };
  })(),
  see: async ({ port }) => (await echoed(port)).headers['x-a'],
  seen: 'route',
  unseen: 'table',
};

export const headerCases: readonly Case[] = [...levels, ...options, order];
