import type { AccessLogger } from '../../accesslog/access_log.ts';
import { fileAccessLogger } from './file.ts';
import { httpGrpcAccessLogger } from './http_grpc.ts';
import { stderrAccessLogger } from './stderr.ts';
import { stdoutAccessLogger } from './stdout.ts';
import { tcpGrpcAccessLogger } from './tcp_grpc.ts';

/** The access loggers there are. */
export const accessLoggers: readonly AccessLogger[] = [
  fileAccessLogger,
  stdoutAccessLogger,
  stderrAccessLogger,
  httpGrpcAccessLogger,
  tcpGrpcAccessLogger,
];
