import { implemented, type SupportRegistry } from '../../api/support.ts';

const POLICY = 'envoy.config.route.v3.InternalRedirectPolicy';
const CATEGORY = 'envoy.internal_redirect_predicates';
const TYPES = 'envoy.extensions.internal_redirect';
const ALLOWED = `${TYPES}.allow_listed_routes.v3.AllowListedRoutesConfig`;

/** What src/tables/route_redirects.ts and native/extensions/http/router_redirect.cc do of internal redirects. */
export function declareRedirects(registry: SupportRegistry): void {
  registry.message(
    POLICY,
    {
      max_internal_redirects: implemented(),
      redirect_response_codes: implemented({ sample: [307] }),
      predicates: implemented({
        sample: [
          {
            name: 'sample',
            typed_config: { '@type': `type.googleapis.com/${ALLOWED}`, allowed_route_names: ['sample'] },
          },
        ],
      }),
      allow_cross_scheme_redirect: implemented(),
      response_headers_to_copy: implemented({ sample: ['x-sample'] }),
    },
    {
      embed: {
        message: 'envoy.config.route.v3.RouteAction',
        wrap: (internal_redirect_policy) => ({ cluster: 'sample', internal_redirect_policy }),
      },
    },
  );
  for (const [name, type] of [
    ['previous_routes', `${TYPES}.previous_routes.v3.PreviousRoutesConfig`],
    ['allow_listed_routes', ALLOWED],
    ['safe_cross_scheme', `${TYPES}.safe_cross_scheme.v3.SafeCrossSchemeConfig`],
  ] as const) {
    registry.extension({ category: CATEGORY, name: `${CATEGORY}.${name}`, type, since: '0.1.0' });
    registry.message(
      type,
      type === ALLOWED ? { allowed_route_names: implemented({ sample: ['sample'] }) } : {},
    );
  }
}
