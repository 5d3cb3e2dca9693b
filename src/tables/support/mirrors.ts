import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { onlyFlag } from './values.ts';

const MUTATION = 'envoy.config.common.mutation_rules.v3.HeaderMutation';
type Json = Record<string, unknown>;

/** What src/tables/route_mirrors.ts and native/extensions/http/router_mirror.cc do of copies of requests. */
export function declareMirrors(registry: SupportRegistry): void {
  const inPolicy = (policy: Json): Json => ({
    cluster: 'sample',
    request_mirror_policies: [{ cluster: 'sample', ...policy }],
  });
  registry
    .message(
      'envoy.config.route.v3.RouteAction.RequestMirrorPolicy',
      {
        cluster: implemented({ sample: 'other' }),
        runtime_fraction: implemented({ sample: { default_value: { numerator: 7 } } }),
        trace_sampled: harmless('copies are not traced', { only: onlyFlag(false, 'the tracing of copies') }),
        disable_shadow_host_suffix_append: implemented(),
        host_rewrite_literal: implemented(),
        request_headers_mutations: implemented({ sample: [{ remove: 'x-sample' }] }),
      },
      {
        minimal: { cluster: 'sample' },
        embed: { message: 'envoy.config.route.v3.RouteAction', wrap: inPolicy },
      },
    )
    .message(
      MUTATION,
      {
        remove: implemented(),
        append: implemented({ sample: { header: { key: 'x-sample', value: 'sample' } } }),
      },
      {
        minimal: { remove: 'x-base' },
        embed: {
          message: 'envoy.config.route.v3.RouteAction',
          wrap: (json) => inPolicy({ request_headers_mutations: [json] }),
        },
      },
    );
}
