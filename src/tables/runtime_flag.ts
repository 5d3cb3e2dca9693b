import type { Message } from '../api/message.ts';
import { wrappedFlag } from './route_read.ts';

/** envoy.config.core.v3.RuntimeFeatureFlag: its default, as no runtime says otherwise; absent: true. */
export const enabled = (value: Message | undefined): boolean =>
  value === undefined || wrappedFlag(value, 'default_value', true);
