import { defineLayout } from '../../tables/layout/dsl.ts';

/** stats.PluginConfig; the order of the enums is that of native/mesh/labels.h. */
export const layout = defineLayout({
  enums: {
    IstioReporter: ['Source', 'Destination', 'Waypoint'],
    IstioMetric: [
      'RequestsTotal',
      'RequestDuration',
      'RequestBytes',
      'ResponseBytes',
      'RequestMessagesTotal',
      'ResponseMessagesTotal',
      'TcpConnectionsOpened',
      'TcpConnectionsClosed',
      'TcpSentBytes',
      'TcpReceivedBytes',
    ],
    IstioLabel: [
      'Reporter',
      'SourceWorkload',
      'SourceCanonicalService',
      'SourceCanonicalRevision',
      'SourceWorkloadNamespace',
      'SourcePrincipal',
      'SourceApp',
      'SourceVersion',
      'SourceCluster',
      'DestinationWorkload',
      'DestinationWorkloadNamespace',
      'DestinationPrincipal',
      'DestinationApp',
      'DestinationVersion',
      'DestinationService',
      'DestinationCanonicalService',
      'DestinationCanonicalRevision',
      'DestinationServiceName',
      'DestinationServiceNamespace',
      'DestinationCluster',
      'RequestProtocol',
      'ResponseCode',
      'GrpcResponseStatus',
      'ResponseFlags',
      'ConnectionSecurityPolicy',
    ],
  },
  structs: {
    IstioStats: {
      extension: 'istio.stats',
      fields: {
        identity: 'u64',
        report_ms: 'u32',
        reporter: 'enum:IstioReporter',
        no_host_fallback: 'bool',
        expressions: 'vec:IstioExpression',
        metrics: 'vec:IstioMetricOverride',
      },
      doc: 'identity: the same for equal configurations alone. report_ms: of connections and gRPC calls that go on; 0: never.',
    },
    IstioExpression: {
      fields: { format: 'struct:Format', otherwise: 'str' },
      doc: 'otherwise: what stands for nothing.',
    },
    IstioMetricOverride: {
      fields: {
        metric: 'enum:IstioMetric',
        dropped: 'bool',
        replaced: 'vec:IstioReplacedLabel',
        added: 'vec:IstioAddedLabel',
      },
      doc: 'What a metric has otherwise than by default; each metric once.',
    },
    IstioReplacedLabel: {
      fields: { label: 'enum:IstioLabel', removed: 'bool', expression: 'u16' },
      doc: 'expression: number among those of the filter.',
    },
    IstioAddedLabel: { fields: { name: 'str', expression: 'u16' } },
  },
});
