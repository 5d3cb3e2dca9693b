/** Typed access to the fields of decoded messages; an absent field reads as its proto3 default. */
import type { Message } from '../api/message.ts';

export const text = (message: Message, field: string): string => {
  const value = message[field];
  return typeof value === 'string' ? value : '';
};
export const flag = (message: Message, field: string): boolean => message[field] === true;
export const number = (message: Message, field: string): number => {
  const value = message[field];
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : 0;
};
export const has = (message: Message, field: string): boolean => message[field] !== undefined;
export const child = (message: Message, field: string): Message | undefined =>
  message[field] as Message | undefined;
export const messages = (message: Message, field: string): readonly Message[] =>
  (message[field] as readonly Message[] | undefined) ?? [];
export const texts = (message: Message, field: string): readonly string[] =>
  (message[field] as readonly string[] | undefined) ?? [];
/** The value of a google.protobuf wrapper. */
export const wrappedFlag = (message: Message, field: string, otherwise: boolean): boolean => {
  const wrapper = child(message, field);
  return wrapper === undefined ? otherwise : flag(wrapper, 'value');
};
export const wrappedNumber = (message: Message, field: string, otherwise: number): number => {
  const wrapper = child(message, field);
  return wrapper === undefined ? otherwise : number(wrapper, 'value');
};
/** A google.protobuf.Duration in ms, rounded up so that what is not 0 stays that way. */
export const duration = (message: Message, field: string): number | undefined => {
  const value = child(message, field);
  if (value === undefined) return undefined;
  return number(value, 'seconds') * 1000 + Math.ceil(number(value, 'nanos') / 1e6);
};
const MAX_TIMER_MS = 0xffffffff;
/** A duration as records hold it: u32 of ms. */
export const milliseconds = (message: Message, field: string): number | undefined => {
  const value = duration(message, field);
  return value === undefined ? undefined : Math.min(Math.max(value, 0), MAX_TIMER_MS);
};
/** `per_connection_buffer_limit_bytes`: 1 MiB when not set; 0 is no limit. */
export const bufferLimit = (message: Message): number =>
  wrappedNumber(message, 'per_connection_buffer_limit_bytes', 1 << 20) || 0xffffffff;
/** The message in a google.protobuf.Any. */
export const decoded = (any: Message | undefined): Message | undefined =>
  any === undefined ? undefined : child(any, '$decoded');
