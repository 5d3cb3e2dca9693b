const HCM = (prefix: string, routes: string): string => `
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ${prefix}
          ${routes}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}`;

const INLINE =
  'route_config: {name: local, virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: "/"}, route: {cluster: origin}}]}]}';
const RDS = 'rds: {route_config_name: rr, config_source: {path_config_source: {path: FOLDER/rds.yaml}}}';

/** Two listeners, three kinds of clusters, everything that can come from a file doing so once. */
export const oracleConfig = (originPort: number, more = ''): string => `
node: {id: n1, cluster: c1, locality: {region: r, zone: z, sub_zone: s}}
admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
stats_flush_interval: 0.1s
${more}
dynamic_resources:
  lds_config: {path_config_source: {path: FOLDER/lds.yaml}}
  cds_config: {path_config_source: {path: FOLDER/cds.yaml}}
static_resources:
  listeners:
  - name: main
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}${HCM('ingress.http', INLINE)}
  clusters:
  - name: origin
    type: STATIC
    load_assignment: {cluster_name: origin, endpoints: [{locality: {region: r1, zone: z1, sub_zone: s1}, lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${originPort}}}}}]}]}
  - name: named
    type: STRICT_DNS
    dns_lookup_family: V4_ONLY
    load_assignment: {cluster_name: named, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: localhost, port_value: ${originPort}}}}}]}]}
`;

export const oracleFiles: Readonly<Record<string, string>> = {
  'cds.yaml': `
version_info: v7
resources:
- "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
  name: dyn.one
  type: EDS
  eds_cluster_config: {service_name: svc, eds_config: {path_config_source: {path: FOLDER/eds.yaml}}}
`,
  'eds.yaml': `
version_info: e3
resources:
- "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
  cluster_name: svc
  endpoints:
  - lb_endpoints:
    - {health_status: UNHEALTHY, load_balancing_weight: 5, endpoint: {hostname: foo, address: {socket_address: {address: 127.0.0.2, port_value: 9}}}}
    - {health_status: DEGRADED, endpoint: {address: {pipe: {path: FOLDER/origin.sock}}}}
`,
  'lds.yaml': `
version_info: l1
resources:
- "@type": type.googleapis.com/envoy.config.listener.v3.Listener
  name: dynl
  address: {socket_address: {address: "::1", port_value: 0}}${HCM('dyn', RDS).replaceAll('\n  ', '\n')}
`,
  'rds.yaml': `
version_info: r2
resources:
- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
  name: rr
  virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 204}}]}]
`,
};
