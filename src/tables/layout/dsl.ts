/**
 * The layout schema language: records that a worker reads in place.
 *
 * Types of a field, as strings:
 *   u8 u16 u32 u64 i32 i64 f64 bool    scalars, naturally aligned, little endian
 *   u8[16]                             fixed array of bytes
 *   str, bytes                         { i32 rel, u32 len }, rel counted from the field itself
 *   enum:Name                          u8 holding a value of `enums.Name`
 *   struct:Name                        inline
 *   opt:Name                           { i32 rel }, 0 = absent
 *   vec:T                              { i32 rel, u32 count }, T = scalar, str, struct name
 *   ref:Kind                           u32 reference to another record (slab and offset), 0 = none
 *   id:Kind                            u32 index into the directory (resolved by name when published), 0 = none
 *   stats:Group                        u32 index of a statistics block (assigned when published), 0 = none
 *   regex                              u32 index into the native registry (assigned when published), 0 = none
 *   tls                                u32 number of a native TLS context (built from a spec when published), 0 = none
 *   socket                             u32 handle of a listening socket (bound when published)
 *   ext                                { i32 rel, u32 extension }, an extension's own struct
 */
export type FieldType = string;
export type StructDef = {
  readonly doc?: string;
  readonly record?: boolean;
  readonly extension?: string;
  readonly fields: Readonly<Record<string, FieldType>>;
};
export type LayoutModule = {
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  readonly structs: Readonly<Record<string, StructDef>>;
};
export const defineLayout = <const T extends LayoutModule>(module: T): T => module;
