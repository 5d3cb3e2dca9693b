/** The filter for faults that tests ask for. */
import { type Fields, get, router } from '../e2e/support.ts';
import {
  body,
  type Case,
  type Family,
  of,
  responseHeader,
  says,
  type See,
  type Site,
  stat,
  statuses,
} from './support.ts';

const FAULT = 'envoy.extensions.filters.http.fault.v3.HTTPFault';
const DELAY = 'envoy.extensions.filters.common.fault.v3.FaultDelay';
const ABORT = 'envoy.extensions.filters.http.fault.v3.FaultAbort';
const ALL = { numerator: 100 };
const ABORTS: Fields = { abort: { http_status: 418, percentage: ALL } };
const site = (config: Fields): Site => ({
  manager: {
    http_filters: [
      { name: 'fault', typed_config: { '@type': `type.googleapis.com/${FAULT}`, ...config } },
      router,
    ],
  },
  host: says('%RESPONSE_FLAGS%'),
});
const one = (fields: string[], on: Fields, off: Fields, see: See, seen: unknown, unseen: unknown): Case => ({
  fields,
  on: site(on),
  off: site(off),
  see,
  seen,
  unseen,
});
const flags = (headers = ''): See => responseHeader(get('/', headers), 'x-says');
const asks = (name: string, value: string): string => `x-envoy-fault-${name}: ${value}\r\n`;

export const faults: Family = {
  name: 'fault',
  cases: () => [
    one([...of(FAULT, 'abort'), ...of(ABORT, 'http_status')], ABORTS, {}, statuses('/'), [418], [200]),
    one(
      of(ABORT, 'percentage'),
      { abort: { http_status: 418, percentage: { numerator: 0 } } },
      ABORTS,
      statuses('/'),
      [200],
      [418],
    ),
    one(
      of(ABORT, 'response_body'),
      { abort: { http_status: 418, percentage: ALL, response_body: 'tea' } },
      ABORTS,
      body(),
      'tea',
      'fault filter abort',
    ),
    one(
      of(ABORT, 'grpc_status'),
      { abort: { grpc_status: 5, percentage: ALL } },
      ABORTS,
      statuses('/'),
      [200],
      [418],
    ),
    one(
      of(ABORT, 'header_abort'),
      { abort: { header_abort: {}, percentage: ALL } },
      {},
      statuses(get('/', asks('abort-request', '503'))),
      [503],
      [200],
    ),
    one(
      [...of(FAULT, 'delay'), ...of(DELAY, 'fixed_delay')],
      { delay: { fixed_delay: '0.02s', percentage: ALL } },
      {},
      flags(),
      'DI',
      '-',
    ),
    one(
      of(DELAY, 'percentage'),
      { delay: { fixed_delay: '0.02s', percentage: { numerator: 0 } } },
      { delay: { fixed_delay: '0.02s', percentage: ALL } },
      flags(),
      '-',
      'DI',
    ),
    one(
      of(DELAY, 'header_delay'),
      { delay: { header_delay: {}, percentage: ALL } },
      {},
      flags(asks('delay-request', '20')),
      'DI',
      '-',
    ),
    one(
      of(FAULT, 'upstream_cluster'),
      { ...ABORTS, upstream_cluster: 'other' },
      ABORTS,
      statuses('/'),
      [200],
      [418],
    ),
    one(
      of(FAULT, 'headers'),
      { ...ABORTS, headers: [{ name: 'x-fault' }] },
      ABORTS,
      statuses('/'),
      [200],
      [418],
    ),
    one(
      of(FAULT, 'downstream_nodes'),
      { ...ABORTS, downstream_nodes: ['a'] },
      ABORTS,
      statuses('/', get('/', 'x-envoy-downstream-service-node: a\r\n')),
      [200, 418],
      [418, 418],
    ),
    one(
      of(FAULT, 'max_active_faults'),
      { ...ABORTS, max_active_faults: 0 },
      ABORTS,
      async (view) => [await statuses('/')(view), (await stat(view, 'http.$.fault.faults_overflow')) ?? 0],
      [[200], 1],
      [[418], 0],
    ),
  ],
};
