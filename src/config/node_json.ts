import { DescriptorPool } from '../api/descriptor.ts';
import { encodeJson } from '../api/json_encode.ts';
import { decodeWire } from '../api/wire.ts';

/** envoy.config.core.v3.Node as JSON. */
export function nodeJson(node: Uint8Array): string {
  const pool = DescriptorPool.load();
  return JSON.stringify(encodeJson(pool, decodeWire(pool, 'envoy.config.core.v3.Node', node)));
}
