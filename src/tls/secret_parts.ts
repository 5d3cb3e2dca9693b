import type { SecretPayload } from '../config/payload.ts';
import { numberPart, TAG, type TlsPart } from './spec.ts';

/** Of these the last one counts: what a secret says goes before what stands in the configuration. */
export const ONCE: ReadonlySet<number> = new Set([TAG.TrustedCa, TAG.Crl, TAG.MaxDepth]);

/** The parts with those of the secrets in their places. `secretOf` answers what a place needs. */
export function withSecrets(
  parts: readonly TlsPart[],
  secretOf: (name: NonNullable<TlsPart['secret']>) => SecretPayload,
): TlsPart[] {
  let flags = 0;
  const merged: TlsPart[] = [];
  for (const part of parts) {
    if (part.secret === undefined) {
      merged.push(part);
      continue;
    }
    const secret = secretOf(part.secret);
    flags |= secret.flags;
    for (const own of secret.parts) {
      const before = ONCE.has(own.tag) ? merged.findIndex(({ tag }) => tag === own.tag) : -1;
      if (before >= 0) merged.splice(before, 1);
      merged.push(own);
    }
  }
  if (flags === 0) return merged;
  return merged.map((part) =>
    part.tag === TAG.Flags && part.bytes !== undefined ? joined(part.bytes, flags) : part,
  );
}

function joined(bytes: Uint8Array, flags: number): TlsPart {
  const before = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return numberPart(TAG.Flags, before | flags);
}
