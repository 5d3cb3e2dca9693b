/** What setsockopt(2) is given. */
export type SocketOptionSettings = {
  readonly level: number;
  readonly name: number;
  readonly value: Uint8Array;
  /** envoy.config.core.v3.SocketOption.SocketState */
  readonly state: number;
};

/** envoy.config.core.v3.SocketOption, decoded. A number is what an int is in C. */
export function socketOption(option: { readonly [field: string]: unknown }): SocketOptionSettings {
  const value = new Uint8Array((option.buf_value as Uint8Array | undefined) ?? new Uint8Array(4));
  if (option.buf_value === undefined) {
    new DataView(value.buffer).setInt32(0, Number((option.int_value as bigint | undefined) ?? 0n), true);
  }
  return {
    level: Number((option.level as bigint | undefined) ?? 0n),
    name: Number((option.name as bigint | undefined) ?? 0n),
    value,
    state: (option.state as number | undefined) ?? 0,
  };
}
