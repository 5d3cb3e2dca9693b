import type { AdminContext } from '../context.ts';
import { child, decode, type JsonObject, messageJson } from './proto.ts';

/** The node of the bootstrap, with what the command line says instead. */
export function nodeJson({ bootstrap, node }: AdminContext): JsonObject {
  const own = bootstrap && child(decode('envoy.config.bootstrap.v3.Bootstrap', bootstrap.bytes), 'node');
  return {
    ...(own === undefined ? {} : messageJson(own)),
    ...(node?.id ? { id: node.id } : {}),
    ...(node?.cluster ? { cluster: node.cluster } : {}),
  };
}
