import type { Message } from '../api/message.ts';
import { number } from './route_read.ts';

const INCLUDE_ALL = 0;

/** envoy.config.core.v3.ProxyProtocolPassThroughTLVs: the types of TLVs that are passed on; without it none. */
export function passThroughTlvs(config: Message | undefined): {
  readonly all: boolean;
  readonly types: Uint8Array;
} {
  if (config === undefined) return { all: false, types: new Uint8Array() };
  if (number(config, 'match_type') === INCLUDE_ALL) return { all: true, types: new Uint8Array() };
  const types = new Set((config.tlv_type as readonly number[] | undefined) ?? []);
  return { all: false, types: Uint8Array.from(types).sort() };
}
