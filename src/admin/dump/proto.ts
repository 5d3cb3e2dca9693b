import { DescriptorPool } from '../../api/descriptor.ts';
import { encodeJson } from '../../api/json_encode.ts';
import type { FieldValue, Message } from '../../api/message.ts';
import { decodeWire } from '../../api/wire.ts';

/** Messages and their JSON as the admin interface shows them: proto field names, secrets hidden. */
export type JsonObject = { [key: string]: unknown };

export const pool = (): DescriptorPool => DescriptorPool.load();

export const decode = (type: string, bytes: Uint8Array): Message => decodeWire(pool(), type, bytes);

export function messageJson(message: Message): JsonObject {
  return encodeJson(pool(), message, { redactSensitive: true }) as JsonObject;
}

/** What a google.protobuf.Any around the message looks like. */
export const anyJson = (message: Message): JsonObject => ({
  '@type': `type.googleapis.com/${message.$type}`,
  ...messageJson(message),
});

/** The message of a field, when it is there. */
export function child(message: Message | undefined, field: string): Message | undefined {
  const value = message?.[field];
  return typeof value === 'object' && '$type' in value ? (value as Message) : undefined;
}

/** The messages of a repeated field. */
export function children(message: Message | undefined, field: string): readonly Message[] {
  const value: FieldValue | undefined = message?.[field];
  return Array.isArray(value) ? (value as readonly Message[]) : [];
}

/** The value of a google.protobuf.UInt32Value; 0 is not on the wire. */
export function wrapped(message: Message | undefined, field: string): number | undefined {
  const wrapper = child(message, field);
  return wrapper === undefined ? undefined : ((wrapper.value as number | undefined) ?? 0);
}

/** ms since the epoch as a google.protobuf.Timestamp in JSON: without a fraction when there is none. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.000Z$/, 'Z');
}
