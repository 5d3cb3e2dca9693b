import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { declareMirrors } from './mirrors.ts';
import { declareRedirects } from './redirects.ts';
import { declareRetries } from './retries.ts';

const ROUTE = 'envoy.config.route.v3';
type Json = Record<string, unknown>;

/** What src/tables/route_*.ts and native/route do of envoy.config.route.v3. */
export function declareRoutes(registry: SupportRegistry): void {
  declareRetries(registry);
  declareRedirects(registry);
  declareMirrors(registry);
  declareTables(registry);
  declareMatches(registry);
  declareActions(registry);
  declareHashPolicies(registry);
  declareShared(registry);
}

const headerFields = (prefix: 'request' | 'response') => ({
  [`${prefix}_headers_to_add`]: implemented({ sample: [{ header: { key: 'x-sample', value: 'sample' } }] }),
  [`${prefix}_headers_to_remove`]: implemented({ sample: ['x-sample'] }),
});
/** For samples: any filter is off. */
const FILTER_OFF = {
  filter: { '@type': `type.googleapis.com/${ROUTE}.FilterConfig`, disabled: true },
};
const FILTERS = { typed_per_filter_config: implemented({ sample: FILTER_OFF }) };
const HEADERS = { ...headerFields('request'), ...headerFields('response') };

const bodyLimits = (base?: Json) => {
  const limit = implemented(base === undefined ? {} : { base });
  return { per_request_buffer_limit_bytes: limit, request_body_buffer_limit: limit };
};

const mirrors = (base: Json = {}) => ({
  request_mirror_policies: implemented({ sample: [{ cluster: 'sample' }], base }),
});

const inConfig = (host: Json): Json => ({ name: 'sample', virtual_hosts: [host] });
const inHost = (route: Json): Json => ({ name: 'sample', domains: ['*'], routes: [route] });
const onRoute = (fields: Json): Json => ({ match: { prefix: '/' }, route: { cluster: 'sample' }, ...fields });

/** For samples. */
const DELTA = {
  api_config_source: {
    api_type: 'DELTA_GRPC',
    transport_api_version: 'V3',
    grpc_services: [{ envoy_grpc: { cluster_name: 'sample' } }],
  },
};

function declareTables(registry: SupportRegistry): void {
  registry
    .message(
      `${ROUTE}.RouteConfiguration`,
      {
        name: implemented(),
        virtual_hosts: implemented({ sample: [inHost(onRoute({}))] }),
        vhds: implemented({
          note: 'hosts come on demand where the filter envoy.filters.http.on_demand is',
          sample: { config_source: DELTA },
        }),
        ...HEADERS,
        ...FILTERS,
        most_specific_header_mutations_wins: implemented(),
        ...mirrors({ virtual_hosts: [inHost(onRoute({}))] }),
        max_direct_response_body_size_bytes: harmless('it is enforced when the configuration is read'),
        ignore_port_in_host_matching: implemented(),
        validate_clusters: harmless('it is enforced when the configuration is read'),
      },
      { minimal: { name: 'config' } },
    )
    .message(`${ROUTE}.Vhds`, {
      config_source: implemented({ uncompiled: 'a table is compiled with the hosts that came' }),
    })
    .message(
      `${ROUTE}.VirtualHost`,
      {
        name: harmless('it names the host in errors and in /config_dump; no two of a table may share one'),
        domains: implemented({ sample: ['sample.com', '*.sample.com', 'sample.*'] }),
        require_tls: implemented({ enum: ['NONE', 'EXTERNAL_ONLY', 'ALL'] }),
        routes: implemented({ sample: [onRoute({})] }),
        retry_policy: implemented({
          base: { routes: [onRoute({})] },
          sample: { retry_on: '5xx' },
        }),
        include_request_attempt_count: implemented(),
        include_attempt_count_in_response: implemented(),
        include_is_timeout_retry_header: implemented(),
        ...mirrors({ routes: [onRoute({})] }),
        hedge_policy: implemented({
          base: { routes: [onRoute({})] },
          sample: { hedge_on_per_try_timeout: true },
        }),
        ...bodyLimits({ routes: [onRoute({})] }),
        ...HEADERS,
        ...FILTERS,
      },
      {
        minimal: { name: 'host', domains: ['*'] },
        embed: { message: `${ROUTE}.RouteConfiguration`, wrap: inConfig },
      },
    )
    .message(
      `${ROUTE}.Route`,
      {
        name: implemented(),
        match: implemented({ sample: { prefix: '/sample' } }),
        route: implemented({ sample: { cluster: 'other' } }),
        redirect: implemented({ sample: { https_redirect: true } }),
        direct_response: implemented({ sample: { status: 404 } }),
        metadata: harmless('nothing in the proxy reads it yet, and it is shown by /config_dump'),
        decorator: implemented({ sample: { operation: 'sample' } }),
        ...bodyLimits(),
        ...HEADERS,
        ...FILTERS,
      },
      { minimal: onRoute({}), embed: { message: `${ROUTE}.VirtualHost`, wrap: inHost } },
    );
}

function declareMatches(registry: SupportRegistry): void {
  const onMatch = (fields: Json): Json => onRoute({ match: { prefix: '/', ...fields } });
  const string = { exact: 'sample' };
  registry
    .message(
      `${ROUTE}.RouteMatch`,
      {
        prefix: implemented({ sample: '/sample' }),
        path: implemented({ sample: '/sample' }),
        safe_regex: implemented({ sample: { regex: '/sample/\\d+' } }),
        path_separated_prefix: implemented({ sample: '/sample' }),
        case_sensitive: implemented({ sample: false }),
        headers: implemented({ sample: [{ name: 'x-sample' }] }),
        query_parameters: implemented({ sample: [{ name: 'sample' }] }),
        cookies: implemented({ sample: [{ name: 'sample', string_match: string }] }),
        connect_matcher: implemented(),
        runtime_fraction: implemented({ sample: { default_value: { numerator: 7 } } }),
        grpc: implemented({ sample: {} }),
      },
      {
        minimal: { prefix: '/' },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onRoute({ match: json }) },
      },
    )
    .message(`${ROUTE}.RouteMatch.ConnectMatcher`, {})
    .message(
      `${ROUTE}.HeaderMatcher`,
      {
        name: implemented(),
        exact_match: implemented(),
        safe_regex_match: implemented({ sample: { regex: 'a+' } }),
        range_match: implemented({ sample: { start: '7', end: '11' } }),
        present_match: implemented({ sample: false }),
        prefix_match: implemented(),
        suffix_match: implemented(),
        contains_match: implemented(),
        string_match: implemented({ sample: string }),
        invert_match: implemented(),
        treat_missing_header_as_empty: implemented(),
      },
      {
        minimal: { name: 'x-header' },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onMatch({ headers: [json] }) },
      },
    )
    .message(
      `${ROUTE}.QueryParameterMatcher`,
      {
        name: implemented(),
        string_match: implemented({ sample: string }),
        present_match: implemented({ sample: false }),
      },
      {
        minimal: { name: 'parameter' },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onMatch({ query_parameters: [json] }) },
      },
    )
    .message(
      `${ROUTE}.CookieMatcher`,
      {
        name: implemented(),
        string_match: implemented({ sample: { prefix: 'sample' } }),
        invert_match: implemented(),
      },
      {
        minimal: { name: 'cookie', string_match: string },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onMatch({ cookies: [json] }) },
      },
    )
    .message(
      'envoy.config.core.v3.RuntimeFractionalPercent',
      {
        default_value: implemented({ sample: { numerator: 7 } }),
        runtime_key: harmless('there is no runtime to look it up in: the default holds'),
      },
      {
        minimal: { default_value: { numerator: 1 } },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onMatch({ runtime_fraction: json }) },
      },
    )
    .message(
      'envoy.type.v3.FractionalPercent',
      {
        numerator: implemented(),
        denominator: implemented({ enum: ['HUNDRED', 'TEN_THOUSAND', 'MILLION'] }),
      },
      {
        embed: {
          message: 'envoy.config.core.v3.RuntimeFractionalPercent',
          wrap: (json) => ({ default_value: json }),
        },
      },
    );
}

function declareActions(registry: SupportRegistry): void {
  const substitution = { pattern: { regex: '^/(\\w+)' }, substitution: '/new/\\1' };
  registry
    .message(
      `${ROUTE}.RouteAction`,
      {
        cluster: implemented({ sample: 'other' }),
        cluster_header: implemented({ sample: 'x-sample' }),
        weighted_clusters: implemented({ sample: { clusters: [{ name: 'one', weight: 1 }] } }),
        cluster_not_found_response_code: implemented({
          enum: ['SERVICE_UNAVAILABLE', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'],
        }),
        prefix_rewrite: implemented({ sample: '/new' }),
        regex_rewrite: implemented({ sample: substitution }),
        host_rewrite_literal: implemented(),
        auto_host_rewrite: implemented({ sample: true }),
        host_rewrite_header: implemented(),
        host_rewrite_path_regex: implemented({ sample: substitution }),
        append_x_forwarded_host: implemented(),
        timeout: implemented(),
        idle_timeout: implemented(),
        max_grpc_timeout: implemented(),
        grpc_timeout_offset: implemented({ base: { max_grpc_timeout: '1s' } }),
        max_stream_duration: implemented({ sample: { max_stream_duration: '7s' } }),
        priority: implemented({ enum: ['DEFAULT', 'HIGH'] }),
        upgrade_configs: implemented({ sample: [{ upgrade_type: 'sample' }] }),
        hash_policy: implemented({ sample: [{ query_parameter: { name: 'sample' } }] }),
        retry_policy: implemented({ sample: { retry_on: '5xx' } }),
        internal_redirect_policy: implemented({ sample: {} }),
        hedge_policy: implemented({ sample: { hedge_on_per_try_timeout: true } }),
        internal_redirect_action: implemented({
          enum: ['PASS_THROUGH_INTERNAL_REDIRECT', 'HANDLE_INTERNAL_REDIRECT'],
        }),
        ...mirrors(),
        max_internal_redirects: implemented({
          base: { internal_redirect_action: 'HANDLE_INTERNAL_REDIRECT' },
        }),
      },
      {
        minimal: { cluster: 'sample' },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onRoute({ route: json }) },
      },
    )
    .message(
      `${ROUTE}.RouteAction.MaxStreamDuration`,
      {
        max_stream_duration: implemented(),
        grpc_timeout_header_max: implemented(),
        grpc_timeout_header_offset: implemented({ base: { grpc_timeout_header_max: '1s' } }),
      },
      {
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (json) => ({ cluster: 'sample', max_stream_duration: json }),
        },
      },
    )
    .message(
      `${ROUTE}.RouteAction.UpgradeConfig`,
      {
        upgrade_type: implemented(),
        enabled: implemented(),
        connect_config: implemented({ base: { upgrade_type: 'CONNECT' } }),
      },
      {
        minimal: { upgrade_type: 'base' },
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (json) => ({ cluster: 'sample', upgrade_configs: [json] }),
        },
      },
    )
    .message(
      `${ROUTE}.RouteAction.UpgradeConfig.ConnectConfig`,
      { allow_post: implemented() },
      {
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (json) => ({
            cluster: 'sample',
            upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: json }],
          }),
        },
      },
    )
    .message(
      `${ROUTE}.WeightedCluster`,
      {
        clusters: implemented({ sample: [{ name: 'one', weight: 1 }] }),
        runtime_key_prefix: harmless('there is no runtime to look weights up in: the configured ones hold'),
      },
      {
        minimal: { clusters: [{ name: 'sample', weight: 1 }] },
        embed: { message: `${ROUTE}.RouteAction`, wrap: (json) => ({ weighted_clusters: json }) },
      },
    )
    .message(
      `${ROUTE}.WeightedCluster.ClusterWeight`,
      {
        name: implemented(),
        cluster_header: implemented({
          sample: 'x-sample',
          embed: {
            message: `${ROUTE}.WeightedCluster`,
            wrap: ({ name, ...json }) => ({
              clusters: ['cluster_header' in json ? json : { name, ...json }],
            }),
          },
        }),
        weight: implemented(),
        ...HEADERS,
        ...FILTERS,
        host_rewrite_literal: implemented(),
      },
      {
        minimal: { name: 'cluster', weight: 1 },
        embed: { message: `${ROUTE}.WeightedCluster`, wrap: (json) => ({ clusters: [json] }) },
      },
    )
    .message(
      `${ROUTE}.RedirectAction`,
      {
        https_redirect: implemented(),
        scheme_redirect: implemented(),
        host_redirect: implemented(),
        port_redirect: implemented(),
        path_redirect: implemented(),
        prefix_rewrite: implemented({ sample: '/new' }),
        regex_rewrite: implemented({ sample: substitution }),
        response_code: implemented({
          enum: ['MOVED_PERMANENTLY', 'FOUND', 'SEE_OTHER', 'TEMPORARY_REDIRECT', 'PERMANENT_REDIRECT'],
        }),
        strip_query: implemented(),
      },
      {
        embed: {
          message: `${ROUTE}.Route`,
          wrap: (json) => ({ match: { prefix: '/' }, redirect: json }),
        },
      },
    )
    .message(
      `${ROUTE}.DirectResponseAction`,
      { status: implemented({ sample: 404 }), body: implemented({ sample: { inline_string: 'sample' } }) },
      {
        minimal: { status: 200 },
        embed: {
          message: `${ROUTE}.Route`,
          wrap: (json) => ({ match: { prefix: '/' }, direct_response: json }),
        },
      },
    );
}

function declareHashPolicies(registry: SupportRegistry): void {
  const POLICY = `${ROUTE}.RouteAction.HashPolicy`;
  const inPolicy = (field: string) => ({
    message: POLICY,
    wrap: (json: Json): Json => ({ [field]: json }),
  });
  registry
    .message(
      POLICY,
      {
        header: implemented({ sample: { header_name: 'x-sample' } }),
        cookie: implemented({ sample: { name: 'sample' } }),
        connection_properties: implemented({ sample: { source_ip: true } }),
        query_parameter: implemented({ sample: { name: 'sample' } }),
        terminal: implemented({ base: { query_parameter: { name: 'base' } } }),
      },
      {
        minimal: { query_parameter: { name: 'base' } },
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (json) => ({ cluster: 'sample', hash_policy: [json] }),
        },
      },
    )
    .message(
      `${POLICY}.Header`,
      {
        header_name: implemented(),
        regex_rewrite: implemented({ sample: { pattern: { regex: 'a+' }, substitution: 'b' } }),
      },
      { minimal: { header_name: 'x-base' }, embed: inPolicy('header') },
    )
    .message(
      `${POLICY}.Cookie`,
      {
        name: implemented(),
        ttl: implemented(),
        path: implemented({ base: { ttl: '1s' } }),
        attributes: implemented({ sample: [{ name: 'Secure' }], base: { ttl: '1s' } }),
      },
      { minimal: { name: 'base' }, embed: inPolicy('cookie') },
    )
    .message(
      `${POLICY}.CookieAttribute`,
      { name: implemented(), value: implemented() },
      {
        minimal: { name: 'Base' },
        embed: {
          message: `${POLICY}.Cookie`,
          wrap: (json) => ({ name: 'base', ttl: '1s', attributes: [json] }),
        },
      },
    )
    .message(
      `${POLICY}.ConnectionProperties`,
      { source_ip: implemented() },
      { embed: inPolicy('connection_properties') },
    )
    .message(
      `${POLICY}.QueryParameter`,
      { name: implemented() },
      { minimal: { name: 'base' }, embed: inPolicy('query_parameter') },
    );
}

/** Messages of other packages that routes are made of, and what they say of filters. */
function declareShared(registry: SupportRegistry): void {
  const BUFFER = 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute';
  registry.message(
    `${ROUTE}.FilterConfig`,
    {
      config: implemented({ sample: { '@type': BUFFER, buffer: { max_request_bytes: 7 } } }),
      is_optional: implemented({ uncompiled: 'settings of a filter that is not built in are left out' }),
      disabled: implemented(),
    },
    {
      minimal: { config: {} },
      embed: {
        message: `${ROUTE}.Route`,
        wrap: (json) =>
          onRoute({
            typed_per_filter_config: {
              filter: { '@type': `type.googleapis.com/${ROUTE}.FilterConfig`, ...json },
            },
          }),
      },
    },
  );
  const inHeader = {
    message: `${ROUTE}.HeaderMatcher`,
    wrap: (json: Json): Json => ({ name: 'x-header', string_match: json }),
  };
  registry
    .message(
      'envoy.type.matcher.v3.StringMatcher',
      {
        exact: implemented(),
        prefix: implemented(),
        suffix: implemented(),
        contains: implemented(),
        safe_regex: implemented({ sample: { regex: 'a+' } }),
        ignore_case: implemented(),
      },
      { minimal: { exact: 'Text' }, embed: inHeader },
    )
    .message(
      'envoy.type.matcher.v3.RegexMatcher',
      {
        regex: implemented({ sample: 'b+' }),
        google_re2: harmless(
          'RE2 is the only engine there is; its deprecated max_program_size could only refuse a regex',
        ),
      },
      {
        minimal: { regex: 'a+' },
        embed: { message: 'envoy.type.matcher.v3.StringMatcher', wrap: (json) => ({ safe_regex: json }) },
      },
    )
    .message(
      'envoy.type.matcher.v3.RegexMatchAndSubstitute',
      { pattern: implemented({ sample: { regex: 'b+' } }), substitution: implemented() },
      {
        minimal: { pattern: { regex: 'a+' }, substitution: 'a' },
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (json) => ({ cluster: 'sample', regex_rewrite: json }),
        },
      },
    )
    .message(
      'envoy.type.v3.Int64Range',
      { start: implemented(), end: implemented() },
      {
        embed: {
          message: `${ROUTE}.HeaderMatcher`,
          wrap: (json) => ({ name: 'x-header', range_match: json }),
        },
      },
    )
    .message(
      'envoy.config.core.v3.HeaderValueOption',
      {
        header: implemented({ sample: { key: 'x-other' } }),
        append: implemented({ sample: false }),
        append_action: implemented({
          enum: [
            'APPEND_IF_EXISTS_OR_ADD',
            'ADD_IF_ABSENT',
            'OVERWRITE_IF_EXISTS_OR_ADD',
            'OVERWRITE_IF_EXISTS',
          ],
        }),
        keep_empty_value: implemented(),
      },
      {
        minimal: { header: { key: 'x-header' } },
        embed: { message: `${ROUTE}.Route`, wrap: (json) => onRoute({ request_headers_to_add: [json] }) },
      },
    )
    .message(
      'envoy.config.core.v3.HeaderValue',
      { key: implemented(), value: implemented(), raw_value: implemented() },
      {
        minimal: { key: 'x-header' },
        embed: { message: 'envoy.config.core.v3.HeaderValueOption', wrap: (json) => ({ header: json }) },
      },
    )
    .message(
      'envoy.config.core.v3.DataSource',
      {
        inline_string: implemented(),
        inline_bytes: implemented(),
        filename: implemented({ sample: '/dev/null', note: 'read once, with the configuration' }),
        environment_variable: implemented({ sample: 'PATH' }),
      },
      {
        minimal: { inline_string: 'text' },
        embed: { message: `${ROUTE}.DirectResponseAction`, wrap: (json) => ({ status: 200, body: json }) },
      },
    );
}
