/** Whether the parts stand in the bytes one after the other, with anything between them. */
export function containsInOrder(bytes: Buffer, parts: readonly Uint8Array[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = bytes.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
