import { AccessLogSink } from '../../tables/generated/layout.ts';
import { grpcAccessLogger } from './grpc.ts';

/** Entries of connections to a gRPC service (envoy.service.accesslog.v3). */
export const tcpGrpcAccessLogger = grpcAccessLogger('Tcp', AccessLogSink.TcpGrpc);
