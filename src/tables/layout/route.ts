import { defineLayout } from './dsl.ts';

/**
 * envoy.config.route.v3
 *
 * A virtual host with more than a few routes carries an index; both ways of looking give the
 * route that a scan of `routes` in order would find first. What few routes use hangs off
 * optional structs, so that a plain route costs its 64 bytes and its strings.
 */
export const route = defineLayout({
  enums: {
    PathMatch: ['Prefix', 'Exact', 'Regex', 'PathSeparatedPrefix', 'Connect'],
    StringMatch: ['Exact', 'Prefix', 'Suffix', 'Contains', 'Regex'],
    HeaderMatch: ['Present', 'String', 'Range'],
    HashOf: ['Header', 'Cookie', 'SourceIp', 'QueryParameter'],
    RouteAction: ['Cluster', 'WeightedClusters', 'Redirect', 'DirectResponse'],
    RequireTls: ['None', 'ExternalOnly', 'All'],
  },
  structs: {
    StringMatcher: {
      fields: { value: 'str', regex: 'regex', kind: 'enum:StringMatch', ignore_case: 'bool' },
      doc: 'value is lower case with ignore_case. Regex: `regex` must match the whole text.',
    },
    IntRange: { fields: { start: 'i64', end: 'i64' }, doc: 'Half open.' },
    HeaderMatcher: {
      fields: {
        name: 'str',
        string: 'struct:StringMatcher',
        range: 'opt:IntRange',
        kind: 'enum:HeaderMatch',
        present: 'bool',
        invert: 'bool',
        treat_missing_as_empty: 'bool',
      },
      doc: 'name in lower case (":path" and the like too). Of several values one has to match.',
    },
    QueryMatcher: {
      fields: { name: 'str', string: 'struct:StringMatcher', kind: 'enum:HeaderMatch', present: 'bool' },
    },
    CookieMatcher: { fields: { name: 'str', string: 'struct:StringMatcher', invert: 'bool' } },
    RouteConditions: {
      fields: {
        query: 'vec:QueryMatcher',
        cookies: 'vec:CookieMatcher',
        grpc: 'bool',
        has_fraction: 'bool',
        fraction: 'u32',
        fraction_of: 'u32',
      },
      doc: 'What else must hold. grpc: it is a gRPC request. fraction: matches when random % fraction_of < fraction.',
    },
    WeightedCluster: {
      fields: {
        cluster: 'id:Cluster',
        weight: 'u32',
        name: 'str',
        mutations: 'opt:HeaderMutations',
        filters: 'opt:FilterOverrides',
        host_rewrite: 'str',
      },
    },
    WeightedClusters: { fields: { total: 'u64', clusters: 'vec:WeightedCluster' } },
    Redirect: {
      fields: {
        scheme: 'str',
        host: 'str',
        port: 'str',
        path: 'str',
        code: 'u16',
        strip_query: 'bool',
        path_has_query: 'bool',
      },
      doc: 'scheme is "https" for https_redirect. port with its colon. Empty: as requested. prefix_rewrite is in Route.rewrite.',
    },
    DirectResponse: { fields: { status: 'u16', body: 'bytes' } },
    Rewrite: {
      fields: {
        prefix: 'str',
        host: 'str',
        host_header: 'str',
        regex: 'regex',
        substitution: 'str',
        host_regex: 'regex',
        host_substitution: 'str',
        auto_host: 'bool',
        append_x_forwarded_host: 'bool',
      },
      doc: 'Of the path (prefix, or regex and substitution) and of the host. Empty or 0: not rewritten.',
    },
    Upgrade: {
      fields: { type: 'str', enabled: 'bool', terminate: 'bool', allow_post: 'bool' },
      doc: 'type: of the Upgrade header, in lower case; "connect" for the method. terminate: what the tunnel carries goes to the host as it is; with allow_post a POST too.',
    },
    Upgrades: { fields: { types: 'vec:Upgrade' } },
    HashPolicy: {
      fields: {
        name: 'str',
        regex: 'regex',
        substitution: 'str',
        cookie_suffix: 'str',
        of: 'enum:HashOf',
        makes_cookie: 'bool',
        terminal: 'bool',
      },
      doc: 'name: of the header (in lower case), the cookie, the parameter. regex: what is replaced in values of the header by substitution. makes_cookie: a client without the cookie gets one, which ends with cookie_suffix. terminal: the last one if there is a hash by then.',
    },
    HashPolicies: { fields: { policies: 'vec:HashPolicy' } },
    Timeouts: {
      fields: {
        max_grpc_timeout_ms: 'u64',
        grpc_timeout_offset_ms: 'u64',
        max_stream_duration_ms: 'u64',
        grpc_timeout_header_max_ms: 'u64',
        grpc_timeout_header_offset_ms: 'u64',
        has_max_grpc_timeout: 'bool',
        limits_stream: 'bool',
        has_max_stream_duration: 'bool',
        has_grpc_timeout_header_max: 'bool',
      },
      doc: 'Of gRPC requests, and (limits_stream) the longest life of a stream. A time of 0 is no limit.',
    },
    RetryPolicy: {
      fields: {
        on: 'u32',
        retries: 'u32',
        per_try_timeout_ms: 'u64',
        per_try_idle_timeout_ms: 'u64',
        backoff_base_ms: 'u32',
        backoff_max_ms: 'u32',
        host_attempts: 'u32',
        avoid_previous: 'bool',
        status_codes: 'vec:u32',
        headers: 'vec:HeaderMatcher',
        request_headers: 'vec:HeaderMatcher',
      },
      doc: 'on: bits of RetryOn. A time of 0 is no limit. host_attempts: how often a host is chosen to find one that has not been tried, with avoid_previous. headers: of responses. request_headers: without any of them all requests qualify.',
    },
    RoutePolicies: {
      fields: {
        retry: 'opt:RetryPolicy',
        body_limit: 'u64',
        limits_body: 'bool',
        body_limit_is_most: 'bool',
      },
      doc: 'What few routes say of failing hosts. body_limit: bytes of a body that are kept to be sent again, with limits_body, else as many as the connection keeps; body_limit_is_most: or that, if it is lower.',
    },
    Route: {
      fields: {
        path: 'str',
        headers: 'vec:HeaderMatcher',
        name: 'str',
        cluster_name: 'str',
        cluster: 'id:Cluster',
        path_regex: 'regex',
        timeout_ms: 'u32',
        idle_timeout_ms: 'u32',
        conditions: 'opt:RouteConditions',
        rewrite: 'opt:Rewrite',
        mutations: 'opt:HeaderMutations',
        weighted: 'opt:WeightedClusters',
        redirect: 'opt:Redirect',
        direct: 'opt:DirectResponse',
        upgrades: 'opt:Upgrades',
        filters: 'opt:FilterOverrides',
        timeouts: 'opt:Timeouts',
        hash: 'opt:HashPolicies',
        policies: 'opt:RoutePolicies',
        cluster_not_found_status: 'u16',
        path_match: 'enum:PathMatch',
        action: 'enum:RouteAction',
        case_sensitive: 'bool',
        has_idle_timeout: 'bool',
        high_priority: 'bool',
      },
      doc: 'timeout_ms: 15 s when not configured, 0: none. idle_timeout_ms counts only with has_idle_timeout (0: none). path: the literal (in lower case unless case_sensitive), or the text of the regex. path_regex is 0 when the virtual host matches its regexes as a set.',
    },
    TrieNode: {
      fields: {
        label: 'u32',
        children: 'u32',
        prefix: 'u32',
        exact: 'u32',
        regex_min: 'u32',
        label_len: 'u16',
        child_count: 'u16',
      },
      doc: 'A node of a byte radix tree. label: offset of the bytes behind the key byte. children: number of the first child, they are neighbours in the order of their key bytes. prefix, exact: what matches when the text goes on, or ends, here: 0 nothing, bit 31 set: one value (the lower bits), else 1 + the offset of a list (count, then values in ascending order); bit 30 of a value: its regex must match too. regex_min: 1 + the lowest route of the regex set that begins with this text.',
    },
    ByteTrie: {
      fields: { nodes: 'vec:TrieNode', keys: 'bytes', labels: 'bytes', lists: 'vec:u32' },
      doc: 'keys[n] is the byte that leads to nodes[n]; nodes[0] is the root. Empty: matches nothing.',
    },
    RouteIndex: {
      fields: {
        sensitive: 'struct:ByteTrie',
        folded: 'struct:ByteTrie',
        regex_set: 'regex',
        regex_routes: 'vec:u32',
      },
      doc: 'folded: routes that ignore case, in lower case. regex_routes: the route of each pattern of regex_set, ascending.',
    },
    VirtualHost: {
      record: true,
      fields: {
        name: 'str',
        routes: 'vec:Route',
        mutations: 'opt:HeaderMutations',
        filters: 'opt:FilterOverrides',
        index: 'opt:RouteIndex',
        require_tls: 'enum:RequireTls',
        attempts_in_request: 'bool',
        attempts_in_response: 'bool',
        timeouts_in_request: 'bool',
      },
      doc: 'attempts_in_…: x-envoy-attempt-count is set there. timeouts_in_request: x-envoy-is-timeout-retry of retries. Without an index the routes are looked through in order.',
    },
    DomainEntry: { fields: { domain: 'str', host: 'u32' } },
    DomainIndex: {
      fields: {
        exact: 'vec:DomainEntry',
        slots: 'vec:u32',
        suffixes: 'struct:ByteTrie',
        prefixes: 'struct:ByteTrie',
      },
      doc: 'In lower case; host is a number in virtual_hosts. slots: open addressing over a power of two, by hashLower of native/route/hash.h; 0 is free, else 1 + number in exact. suffixes are stored back to front.',
    },
    RouteConfig: {
      record: true,
      fields: {
        name: 'str',
        virtual_hosts: 'vec:VirtualHostRef',
        mutations: 'opt:HeaderMutations',
        filters: 'opt:FilterOverrides',
        domains: 'opt:DomainIndex',
        default_host: 'u32',
        ignore_port: 'bool',
        most_specific_mutations_win: 'bool',
      },
      doc: 'default_host: 1 + the number of the virtual host of "*", 0: none. Without domains every request goes to it.',
    },
    VirtualHostRef: { fields: { host: 'ref:VirtualHost' } },
    Scope: {
      fields: { key: 'vec:str', routes: 'id:RouteConfig', inline_routes: 'ref:RouteConfig' },
      doc: 'The route table of the requests that have this key.',
    },
    ScopeTable: {
      record: true,
      fields: { scopes: 'vec:Scope', slots: 'vec:u32' },
      doc: 'slots: open addressing over a power of two, by hashKey of native/route/scope.h; 0 is free, else 1 + number in scopes.',
    },
    ScopeFragment: {
      fields: {
        header: 'str',
        element_separator: 'str',
        key: 'str',
        key_separator: 'str',
        index: 'u32',
      },
      doc: 'A part of a key, from a header (in lower case): of its elements the first that has this key, or without key_separator the one of that index.',
    },
    ScopedRoutes: {
      fields: {
        table: 'id:ScopeTable',
        inline_table: 'ref:ScopeTable',
        fragments: 'vec:ScopeFragment',
      },
    },
  },
});
