/** The filter for pages of other origins, as routes set it. */
import { type Fields, header, toCluster } from '../e2e/support.ts';
import { type Case, type Family, of, response, type See, type Site, stat } from './support.ts';

const PACKAGE = 'envoy.extensions.filters.http.cors.v3';
const POLICY = `${PACKAGE}.CorsPolicy`;
const typed = (type: string, fields: Fields = {}): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
export const corsFilter: Fields = { name: 'envoy.filters.http.cors', typed_config: typed(`${PACKAGE}.Cors`) };
const ORIGIN = 'http://a.b';
const ALLOWED: Fields = { allow_origin_string_match: [{ exact: ORIGIN }] };

/** The fields of a manager, and the settings of its one route. */
export const site = (policy: Fields): Site => ({
  manager: {
    http_filters: [
      corsFilter,
      {
        name: 'envoy.filters.http.router',
        typed_config: typed('envoy.extensions.filters.http.router.v3.Router'),
      },
    ],
  },
  routes: [
    { ...toCluster('echo'), typed_per_filter_config: { 'envoy.filters.http.cors': typed(POLICY, policy) } },
  ],
});

const simple = (name: string): See =>
  response(`GET / HTTP/1.1\r\nhost: a\r\norigin: ${ORIGIN}\r\n\r\n`, (each) => header(each, name));
const preflight = (name: string): See =>
  response(
    `OPTIONS / HTTP/1.1\r\nhost: a\r\norigin: ${ORIGIN}\r\naccess-control-request-method: PUT\r\n` +
      'access-control-request-headers: x-a\r\naccess-control-request-private-network: true\r\n\r\n',
    (each) => header(each, name),
  );
const one = (
  name: string,
  on: Fields,
  see: See,
  seen: unknown,
  unseen: unknown,
  base: Fields = {},
): Case => ({
  fields: of(POLICY, name),
  on: site({ ...ALLOWED, ...base, ...on }),
  off: site({ ...ALLOWED, ...base }),
  see,
  seen,
  unseen,
});
const NEVER = { default_value: { numerator: 0 } };
const ALWAYS = { default_value: { numerator: 100 } };
const ALLOW = 'access-control-allow';

export const cors: Family = {
  name: 'cors',
  cases: () => [
    {
      ...one('allow_origin_string_match', {}, simple(`${ALLOW}-origin`), ORIGIN, undefined),
      off: site({}),
    },
    one('allow_methods', { allow_methods: 'GET,PUT' }, preflight(`${ALLOW}-methods`), 'GET,PUT', undefined),
    one('allow_headers', { allow_headers: '*' }, preflight(`${ALLOW}-headers`), 'x-a', undefined),
    one(
      'expose_headers',
      { expose_headers: 'x-b' },
      simple('access-control-expose-headers'),
      'x-b',
      undefined,
    ),
    one('max_age', { max_age: '7' }, preflight('access-control-max-age'), '7', undefined),
    one('allow_credentials', { allow_credentials: true }, simple(`${ALLOW}-credentials`), 'true', undefined),
    one('filter_enabled', { filter_enabled: NEVER }, simple(`${ALLOW}-origin`), undefined, ORIGIN),
    one(
      'shadow_enabled',
      { shadow_enabled: ALWAYS },
      async (view) => [await simple(`${ALLOW}-origin`)(view), await stat(view, 'http.$.cors.origin_valid')],
      [undefined, 1],
      [undefined, 0],
      { filter_enabled: NEVER },
    ),
    one(
      'allow_private_network_access',
      { allow_private_network_access: true },
      preflight(`${ALLOW}-private-network`),
      'true',
      undefined,
    ),
    one(
      'forward_not_matching_preflights',
      { forward_not_matching_preflights: false },
      preflight('x-origin'),
      undefined,
      'yes',
      { allow_origin_string_match: [{ exact: 'http://other' }] },
    ),
  ],
};
