import { AccessLogSink } from '../../tables/generated/layout.ts';
import { grpcAccessLogger } from './grpc.ts';

/** Entries of requests to a gRPC service (envoy.service.accesslog.v3). */
export const httpGrpcAccessLogger = grpcAccessLogger('Http', AccessLogSink.HttpGrpc);
