/** Filters for gRPC: what they do to calls, and what they count. */
import { ask, cluster, eventually, type Fields, router } from '../e2e/support.ts';
import { frame, H2Origin, http2Hosts } from '../e2e/h2_support.ts';
import {
  type Case,
  type Family,
  of,
  originHeader,
  originPath,
  type See,
  type Site,
  stat,
} from './support.ts';

const KINDS = 'envoy.extensions.filters.http';
const STATS = `${KINDS}.grpc_stats.v3.FilterConfig`;
const BRIDGE = `${KINDS}.grpc_http1_bridge.v3.Config`;
const LIST = 'envoy.config.core.v3.GrpcMethodList';

const filter = (type: string, fields: Fields): Site => ({
  manager: {
    http_filters: [
      { name: 'of gRPC', typed_config: { '@type': `type.googleapis.com/${type}`, ...fields } },
      router,
    ],
  },
});
const post = (path: string, type: string, body: Buffer): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body.toString('latin1')}`;
const call = post('/shop.Cart/Add', 'application/grpc', frame('ask'));

/** A host of calls: it answers with trailers. */
let host: H2Origin | undefined;
const counting = (fields: Fields): Site => ({
  ...filter(STATS, fields),
  cluster: { ...http2Hosts, load_assignment: cluster('own', [host?.port ?? 1]).load_assignment ?? {} },
});
/** Requests of a call that were counted under a name. */
const messages =
  (name: string): See =>
  async (view) => {
    await ask(view.port, call);
    return stat(view, `cluster.$.${name}.request_message_count`);
  };
const counted = (field: string, fields: Fields, off: Fields, name: string, message = STATS): Case => ({
  fields: of(message, field),
  on: counting(fields),
  off: counting(off),
  see: messages(name),
  seen: 1,
  unseen: undefined,
});
const list = (name: string, ...method_names: string[]): Fields => ({
  individual_method_stats_allowlist: { services: [{ name, method_names }] },
});

function statistics(): Case[] {
  const all = { stats_for_all_methods: true };
  const own = 'grpc.shop.Cart.Add';
  const listed = list('shop.Cart', 'Add');
  return [
    counted('stats_for_all_methods', all, {}, own),
    counted('stats_for_all_methods', all, { stats_for_all_methods: false }, own),
    counted('individual_method_stats_allowlist', listed, {}, own),
    counted('services', listed, { individual_method_stats_allowlist: {} }, own, LIST),
    counted('name', listed, list('shop.Other', 'Add'), own, `${LIST}.Service`),
    counted('method_names', listed, list('shop.Cart', 'Remove'), own, `${LIST}.Service`),
    // What is not listed is counted without its name.
    counted('name', list('shop.Other', 'Add'), listed, 'grpc', `${LIST}.Service`),
    counted(
      'replace_dots_in_grpc_service_name',
      { ...all, replace_dots_in_grpc_service_name: true },
      all,
      'grpc.shop_Cart.Add',
    ),
    {
      fields: of(STATS, 'enable_upstream_stats'),
      on: counting({ enable_upstream_stats: true }),
      off: counting({}),
      see: async (view) => {
        await ask(view.port, call);
        const name = `cluster.${view.name}.grpc.total`;
        await eventually('the count', async () => (await view.world.admin(`/stats?filter=^${name}$`)) !== '');
        return (await view.world.admin('/stats')).includes(`cluster.${view.name}.grpc.upstream_rq_time`);
      },
      seen: true,
      unseen: false,
    },
  ];
}

function bridges(): Case[] {
  const bridged = (fields: Fields): Site => filter(BRIDGE, fields);
  const asked = post('/shop.Cart/Add?a=b', 'application/grpc', frame('ask'));
  return [
    {
      fields: of(BRIDGE, 'ignore_query_parameters'),
      on: bridged({ ignore_query_parameters: true }),
      off: bridged({}),
      see: originPath(asked),
      seen: '/shop.Cart/Add',
      unseen: '/shop.Cart/Add?a=b',
    },
    {
      fields: of(BRIDGE, 'upgrade_protobuf_to_grpc'),
      on: bridged({ upgrade_protobuf_to_grpc: true }),
      off: bridged({}),
      see: originHeader(post('/', 'application/x-protobuf', Buffer.from('ask')), 'content-type'),
      seen: 'application/grpc',
      unseen: 'application/x-protobuf',
    },
  ];
}

export const grpcFilters: Family = {
  name: 'gRPC filters',
  prepare: async () => {
    host = await new H2Origin((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(frame('answer'));
    }).listen();
    return () => host?.close();
  },
  cases: () => [...statistics(), ...bridges()],
};
