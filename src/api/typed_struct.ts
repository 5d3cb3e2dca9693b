/**
 * TypedStruct (udpa.type.v1 and xds.type.v3): the settings of an extension as a google.protobuf.Struct beside the
 * name of their message. Envoy reads them as that message wherever an extension's settings stand.
 */
import type { Message } from './message.ts';
import { typeNameOf } from './message.ts';

const TYPED_STRUCT = /^(?:udpa\.type\.v1|xds\.type\.v3)\.TypedStruct$/;

export const isTypedStruct = (typeName: string): boolean => TYPED_STRUCT.test(typeName);

/** Whether an Any (google.protobuf.Any) holds one. */
export const holdsTypedStruct = (any: Message): boolean =>
  typeof any.type_url === 'string' && isTypedStruct(typeNameOf(any.type_url));

/** The message that a decoded TypedStruct names; empty: none. */
export const namedType = (struct: Message): string =>
  typeof struct.type_url === 'string' ? typeNameOf(struct.type_url) : '';
