/**
 * A decoded protobuf message: a plain object whose keys are the field names of the .proto file
 * (snake_case). Fields that are not set are absent; no defaults are filled in.
 *
 * - 32-bit integers, floats and enums are numbers, 64-bit integers bigints, bytes a Uint8Array
 * - a repeated field is an array, a map field a Map
 * - wrappers, Duration, Timestamp, Struct and the like are messages of their own types
 * - of a oneof at most one field is present
 */
export type Message = {
  /** The full name of its type, without a leading dot. */
  readonly $type: string;
  readonly [field: string]: FieldValue | undefined;
};

export type Scalar = string | number | bigint | boolean | Uint8Array;
/** Keys of map fields: integers of 64 bits are bigints. */
export type MapKey = string | number | bigint | boolean;
export type FieldValue = Scalar | Message | readonly FieldValue[] | ReadonlyMap<MapKey, FieldValue>;

/**
 * `google.protobuf.Any`. `value` is what travels; `$decoded` is there when it was read from JSON, or after
 * decodeAny() (wire.ts), and must say the same as `value`. Of a TypedStruct it is the message that this one names,
 * and the TypedStruct itself is `$struct`.
 */
export type AnyMessage = {
  readonly $type: 'google.protobuf.Any';
  readonly type_url?: string;
  readonly value?: Uint8Array;
  readonly $decoded?: Message;
  readonly $struct?: Message;
};

export const ANY_TYPE = 'google.protobuf.Any';
/** What canonical JSON puts before a message name in `@type`. */
export const TYPE_URL_PREFIX = 'type.googleapis.com/';

/** The message name in a type URL: what follows the last slash. */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

export function isMessage(value: FieldValue | undefined): value is Message {
  return typeof value === 'object' && '$type' in value;
}
