import type { Message } from '../api/message.ts';
import { structToPlain } from '../api/well_known.ts';

/** A google.protobuf.Struct as texts, one for each key: equal texts are equal values. */
export function labelsOf(struct: Message): string[] {
  const plain = structToPlain(struct);
  if (typeof plain !== 'object' || plain === null) return [];
  return Object.entries(plain).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
}
