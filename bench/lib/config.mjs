// Envoy configurations for the benchmark; attache and Envoy read the same file.

const hcm =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const router = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};
export const address = (port) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

const http2Options = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  },
};

export const cluster = (name, port, { http2 = false } = {}) => ({
  name,
  ...(http2 ? { typed_extension_protocol_options: http2Options } : {}),
  type: 'STATIC',
  connect_timeout: '5s',
  circuit_breakers: {
    thresholds: [{ max_connections: 20000, max_pending_requests: 20000, max_requests: 20000 }],
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
  },
});

const jsonLog = (path) => ({
  name: 'envoy.access_loggers.file',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: {
      json_format: {
        start_time: '%START_TIME%',
        method: '%REQ(:METHOD)%',
        path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
        protocol: '%PROTOCOL%',
        response_code: '%RESPONSE_CODE%',
        response_flags: '%RESPONSE_FLAGS%',
        bytes_received: '%BYTES_RECEIVED%',
        bytes_sent: '%BYTES_SENT%',
        duration: '%DURATION%',
        upstream_service_time: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
        x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
        user_agent: '%REQ(USER-AGENT)%',
        request_id: '%REQ(X-REQUEST-ID)%',
        authority: '%REQ(:AUTHORITY)%',
        upstream_host: '%UPSTREAM_HOST%',
      },
    },
  },
});

export const routeConfig = (name, clusterName, extra = []) => ({
  name,
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [...extra, { match: { prefix: '/' }, route: { cluster: clusterName } }],
    },
  ],
});

export const listener = (name, port, routes, accessLog) => ({
  name,
  address: address(port),
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type': hcm,
            stat_prefix: 'ingress',
            ...routes,
            http_filters: [router],
            ...(accessLog ? { access_log: [jsonLog(accessLog)] } : {}),
          },
        },
      ],
    },
  ],
});

/** A listener whose bytes go to a cluster as they are. */
export const tcpListener = (name, port, clusterName, fields = {}) => ({
  name,
  address: address(port),
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
            stat_prefix: name,
            cluster: clusterName,
            ...fields,
          },
        },
      ],
    },
  ],
});

/** One listener, one route, one origin; with `clusters` so many more clusters that no route uses but the last. */
export function proxyConfig({ port, origin, adminPort = 0, accessLog, clusters = 0, http2Origin = false }) {
  const extra = [];
  for (let i = 0; i < clusters; i++) extra.push(cluster(`cluster_${i}`, origin));
  return {
    admin: { address: address(adminPort) },
    static_resources: {
      listeners: [listener('http', port, { route_config: routeConfig('local', 'origin') }, accessLog)],
      clusters: [cluster('origin', origin, { http2: http2Origin }), ...extra],
    },
  };
}
