import type { Message } from '../api/message.ts';
import { structToPlain } from '../api/well_known.ts';

/** Before the texts of what the balancer looks at (`envoy.lb`), which are among those of a host's other metadata. */
export const LB_LABEL = 'envoy.lb:';

/** The same for `envoy.lb`: of a list each element is a value. */
export function lbLabelsOf(struct: Message): string[] {
  const plain = structToPlain(struct);
  if (typeof plain !== 'object' || plain === null) return [];
  return Object.entries(plain).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${LB_LABEL}${key}=${JSON.stringify(one)}`),
  );
}

/** A google.protobuf.Struct as texts, one for each key: equal texts are equal values. */
export function labelsOf(struct: Message): string[] {
  const plain = structToPlain(struct);
  if (typeof plain !== 'object' || plain === null) return [];
  return Object.entries(plain).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
}
