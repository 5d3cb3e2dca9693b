import type { Message } from '../api/message.ts';
import type { TimeoutsInput } from './generated/layout.ts';
import { child, milliseconds } from './route_read.ts';

/** What a RouteAction says of the time of gRPC requests and of streams; undefined when it is nothing. */
export function compileTimeouts(action: Message): TimeoutsInput | undefined {
  const grpc = milliseconds(action, 'max_grpc_timeout');
  const stream = child(action, 'max_stream_duration');
  if (grpc === undefined && stream === undefined) return undefined;
  const of = (field: string): number | undefined =>
    stream === undefined ? undefined : milliseconds(stream, field);
  const longest = of('max_stream_duration');
  const header = of('grpc_timeout_header_max');
  return {
    ...(grpc === undefined || stream !== undefined
      ? {}
      : {
          has_max_grpc_timeout: true,
          max_grpc_timeout_ms: BigInt(grpc),
          grpc_timeout_offset_ms: BigInt(milliseconds(action, 'grpc_timeout_offset') ?? 0),
        }),
    limits_stream: stream !== undefined,
    has_max_stream_duration: longest !== undefined,
    max_stream_duration_ms: BigInt(longest ?? 0),
    has_grpc_timeout_header_max: header !== undefined,
    grpc_timeout_header_max_ms: BigInt(header ?? 0),
    grpc_timeout_header_offset_ms: BigInt(of('grpc_timeout_header_offset') ?? 0),
  };
}
