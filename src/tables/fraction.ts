import type { Message } from '../api/message.ts';
import { child, number } from './route_read.ts';

/** Of a million, by envoy.type.v3.FractionalPercent.DenominatorType. */
const SHARES = [10_000, 100, 1];

/** An envoy.type.v3.FractionalPercent as so many of a million. */
export function ofMillion(fraction: Message | undefined): number {
  if (fraction === undefined) return 0;
  return Math.min(number(fraction, 'numerator') * (SHARES[number(fraction, 'denominator')] ?? 1), 1_000_000);
}

/** An envoy.config.core.v3.RuntimeFractionalPercent as so many of a million; `otherwise`: it is not there. */
export const perMillion = (fraction: Message | undefined, otherwise: number): number =>
  fraction === undefined ? otherwise : ofMillion(child(fraction, 'default_value'));
