/** What routes and the router say of gRPC calls. */
import { ask, type Fields, get, header, router, toCluster } from '../e2e/support.ts';
import {
  type Case,
  of,
  originHeader,
  R,
  responseHeader,
  type See,
  type Site,
  stat,
  statuses,
} from './support.ts';

const ACTION = `${R}.RouteAction`;
const LIFE = `${ACTION}.MaxStreamDuration`;

/** A call over HTTP/1, and what its client says of its time. */
const call = (timeout?: string, more = ''): string =>
  get(
    '/',
    `content-type: application/grpc\r\n${more}${timeout === undefined ? '' : `grpc-timeout: ${timeout}\r\n`}`,
  );
const HOLD = 'x-do: hold\r\n';
/** The host never answers: by whom the call is ended. */
const status: See = responseHeader(call(undefined, HOLD), 'grpc-status');
const told = (timeout: string): See => originHeader(call(timeout), 'grpc-timeout');

function action(fields: string[], set: Fields, see: See, seen: unknown, base: Fields, unseen: unknown): Case {
  const site = (more: Fields): Site => ({ routes: [toCluster('echo', more)] });
  return { fields, on: site({ ...base, ...set }), off: site(base), see, seen, unseen };
}
const limited = (name: string, value: string): Fields => ({ max_stream_duration: { [name]: value } });
const HEADER_MAX = { grpc_timeout_header_max: '2s' };

export const grpcCases: Case[] = [
  {
    fields: of(`${R}.RouteMatch`, 'grpc'),
    on: { routes: [{ match: { prefix: '/', grpc: {} }, direct_response: { status: 204 } }] },
    off: { routes: [{ match: { prefix: '/' }, direct_response: { status: 204 } }] },
    see: statuses('/', get('/', 'content-type: application/grpc-web\r\n')),
    seen: [200, 200],
    unseen: [204, 204],
  },
  action(of(ACTION, 'max_grpc_timeout'), { max_grpc_timeout: '2s' }, told('5S'), '2000m', {}, '5S'),
  action(
    of(ACTION, 'grpc_timeout_offset'),
    { grpc_timeout_offset: '0.5s' },
    told('1500m'),
    '1000m',
    { max_grpc_timeout: '2s' },
    '1500m',
  ),
  // DEADLINE_EXCEEDED in time for the client, or UNAVAILABLE when the request itself is given up.
  action(
    [...of(ACTION, 'max_stream_duration'), ...of(LIFE, 'max_stream_duration')],
    limited('max_stream_duration', '0.05s'),
    status,
    '4',
    { timeout: '0.1s' },
    '14',
  ),
  action(
    of(LIFE, 'grpc_timeout_header_max'),
    limited('grpc_timeout_header_max', '2s'),
    told('5S'),
    '2000m',
    {},
    '5S',
  ),
  action(
    of(LIFE, 'grpc_timeout_header_offset'),
    { max_stream_duration: { ...HEADER_MAX, grpc_timeout_header_offset: '0.5s' } },
    told('5S'),
    '1500m',
    { max_stream_duration: HEADER_MAX },
    '2000m',
  ),
];

const config = router.typed_config as Fields;
const filters = (fields: Fields): Site => ({
  manager: { http_filters: [{ ...router, typed_config: { ...config, ...fields } }] },
  cluster: {},
});
export const routerCases: Case[] = [
  {
    fields: of('envoy.extensions.filters.http.router.v3.Router', 'suppress_grpc_request_failure_code_stats'),
    on: filters({ suppress_grpc_request_failure_code_stats: true }),
    off: filters({}),
    see: async (view) => {
      const answer = await ask(view.port, call(undefined, 'x-do: 503\r\n'));
      return [
        header(answer, 'x-origin'),
        await stat(view, 'cluster.$.upstream_rq_completed'),
        await stat(view, 'cluster.$.upstream_rq_503'),
      ];
    },
    seen: ['yes', 1, undefined],
    unseen: ['yes', 1, 1],
  },
];
