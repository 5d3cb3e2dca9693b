import type { Path } from '../../api/diagnostics.ts';
import type { Message } from '../../api/message.ts';
import { implemented, type SupportRegistry } from '../../api/support.ts';
import type { ClusterSource } from '../../config/on_demand.ts';
import { configSource } from '../../config/sources.ts';
import { unknownSelf } from '../../tables/config_source.ts';
import type { ExtensionInput } from '../../tables/generated/layout.ts';
import { type RouteContext, refuse } from '../../tables/route_context.ts';
import { child, duration } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.http.on_demand.v3';
/** Envoy's. Milliseconds. */
const TIMEOUT = 5000;
const GRPC = (cluster_name: string) => ({
  api_config_source: {
    api_type: 'DELTA_GRPC',
    transport_api_version: 'V3',
    grpc_services: [{ envoy_grpc: { cluster_name } }],
  },
});
const ODCDS = { source: GRPC('base') };

function declare(registry: SupportRegistry): void {
  registry
    .message(`${PACKAGE}.OnDemand`, { odcds: implemented({ sample: ODCDS }) })
    .message(`${PACKAGE}.PerRouteConfig`, { odcds: implemented({ sample: ODCDS }) })
    .message(
      `${PACKAGE}.OnDemandCds`,
      {
        source: implemented({ sample: GRPC('sample') }),
        timeout: implemented({ sample: '7s', note: '5 s when it is not set' }),
      },
      {
        minimal: ODCDS,
        embed: { message: `${PACKAGE}.OnDemand`, wrap: (json) => ({ odcds: json }) },
      },
    );
}

/** Where clusters are asked for one by one: as in Envoy a stream of changes, or the stream of all types. */
function clusterSource(odcds: Message, path: Path, context: RouteContext): ClusterSource | undefined {
  const at = [...path, 'source'];
  const message = child(odcds, 'source');
  if (message === undefined)
    return refuse(context, path, 'source', 'clusters without a source are not supported yet', 'source');
  const source = configSource(message, context.origin);
  if (source === undefined) {
    unknownSelf(at, context.diagnostics);
    return undefined;
  }
  const expected = 'a server with the api_type DELTA_GRPC';
  if ('path' in source) return refuse(context, at, 'source', 'a file tells of nothing on demand', expected);
  const kind = 'ads' in source ? context.ads : source.api.kind;
  if (kind === undefined)
    return refuse(context, [...at, 'ads'], 'source', 'the bootstrap has no dynamic_resources.ads_config');
  if (kind !== 'delta' && !('ads' in source))
    return refuse(context, at, 'source', 'clusters on demand come over ads or a stream of changes', expected);
  if ('api' in source && source.api.channel?.ssl !== undefined)
    return refuse(context, at, 'source', 'google_grpc with TLS is not supported here yet', 'envoy_grpc');
  return source;
}

function compile(config: Message, context: RouteContext): ExtensionInput | undefined {
  const odcds = child(config, 'odcds');
  if (odcds === undefined) return { struct: 'OnDemand', value: {} };
  const source = clusterSource(odcds, [...context.path, 'odcds'], context);
  if (source === undefined) return undefined;
  const timeout_ms = duration(odcds, 'timeout') ?? TIMEOUT;
  return { struct: 'OnDemand', value: { odcds: JSON.stringify(source), timeout_ms } };
}

/** envoy.filters.http.on_demand: what a request needs and is not there is asked for, while it waits. */
export const onDemand: Extension = {
  name: 'envoy.filters.http.on_demand',
  category: 'envoy.filters.http',
  type: `${PACKAGE}.OnDemand`,
  declare,
  compile,
  perRoute: { type: `${PACKAGE}.PerRouteConfig`, compile },
};
