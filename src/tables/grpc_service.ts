import type { Message } from '../api/message.ts';
import { type FormatContext, refuse } from './route_context.ts';
import { child, has, messages, text, wrappedNumber } from './route_read.ts';
import { lowerAscii } from './route_string.ts';

/** Where a service that is called over gRPC is, and how calls of it begin. */
export type GrpcServiceInput = {
  /** Its name. */
  readonly cluster: string;
  readonly authority: string;
  /** Names and values in turns. */
  readonly metadata: readonly string[];
  /** 0: no limit. */
  readonly max_response_bytes: number;
};

/** envoy.config.core.v3.GrpcService with an envoy_grpc; what no caller can use is refused. */
export function compileGrpcService(
  service: Message | undefined,
  { diagnostics, path }: FormatContext,
): GrpcServiceInput | undefined {
  const envoy = service && child(service, 'envoy_grpc');
  if (service === undefined || envoy === undefined) return undefined;
  if (has(envoy, 'retry_policy')) {
    const where = [...path, 'envoy_grpc', 'retry_policy'];
    refuse({ diagnostics }, where, 'unsupported', 'retry_policy is not supported here yet');
  }
  const cluster = text(envoy, 'cluster_name');
  return {
    cluster,
    authority: text(envoy, 'authority') || cluster,
    metadata: messages(service, 'initial_metadata').flatMap(metadata),
    max_response_bytes: wrappedNumber(envoy, 'max_receive_message_length', 0),
  };
}

/** Sent as it is; of a name in -bin it is base64 already. */
function metadata(header: Message): readonly [string, string] {
  const raw = header.raw_value;
  const value = raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : text(header, 'value');
  return [lowerAscii(text(header, 'key')), value];
}
