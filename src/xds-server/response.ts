import type { Plan } from './subscription.ts';
import { bytesField, textField } from './wire_parts.ts';

/** What responses of one server have in common. */
export type ResponseOptions = {
  /** `control_plane.identifier` */
  readonly identifier: string;
};

const controlPlane = (identifier: string): Buffer => bytesField(1, Buffer.from(identifier));

/** How long a response will be, within a few bytes. */
export function sizeOf(plan: Plan): number {
  let size = 256;
  for (const part of plan.parts) size += part.length;
  for (const name of plan.removed) size += name.length + 4;
  return size;
}

/** A DiscoveryResponse. */
export function sotwResponse(plan: Plan, typeUrl: string, nonce: string, options: ResponseOptions): Buffer {
  return Buffer.concat([
    textField(1, plan.version),
    ...plan.parts,
    textField(4, typeUrl),
    textField(5, nonce),
    ...(options.identifier === '' ? [] : [bytesField(6, controlPlane(options.identifier))]),
  ]);
}

/** A DeltaDiscoveryResponse. */
export function deltaResponse(plan: Plan, typeUrl: string, nonce: string, options: ResponseOptions): Buffer {
  return Buffer.concat([
    textField(1, plan.version),
    ...plan.parts,
    textField(4, typeUrl),
    textField(5, nonce),
    ...plan.removed.map((name) => textField(6, name)),
    ...(options.identifier === '' ? [] : [bytesField(7, controlPlane(options.identifier))]),
  ]);
}
