import protobuf from 'protobufjs/minimal.js';

/**
 * Reads descriptor.proto's messages from their bytes, with the options that Envoy's API adds to them, which
 * libraries drop as unknown.
 */

export type FieldType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'enum'
  | 'message';

/** FieldDescriptorProto.Type by number; groups do not occur. */
const TYPES: readonly (FieldType | undefined)[] = [
  undefined,
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  undefined,
  'message',
  'bytes',
  'uint32',
  'enum',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
];

const REPEATED = 3;

/** The extensions of descriptor.proto that are read, by number. */
const EXT = {
  /** validate.rules, validate.required and validate.disabled */
  validate: 1071,
  /** validate.ignored */
  validateIgnored: 1072,
  /** udpa.annotations and xds.annotations.v3: {1: previous_message_type} */
  versioning: [7881811, 92389011],
  /** udpa.annotations and xds.annotations.v3: {1: rename, 2: oneof_promotion} */
  fieldMigrate: [171962766, 112948430],
  /** xds.annotations.v3: {1: work_in_progress} */
  status: 226829418,
  /** udpa.annotations and xds.annotations.v3 */
  sensitive: [76569463, 61008053],
  /** envoy.annotations, on fields and on enum values */
  disallowedByDefault: [189503207, 70100853],
  deprecatedAtMinorVersion: [157299826, 181198657],
} as const;

export type RawField = {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly label: 'single' | 'repeated';
  readonly type: FieldType;
  readonly typeName: string | undefined;
  readonly oneofIndex: number | undefined;
  /** `optional` in proto3 */
  readonly optional: boolean;
  readonly packed: boolean | undefined;
  readonly options: Uint8Array | undefined;
};

export type RawMessage = {
  readonly fields: readonly RawField[];
  readonly nested: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly mapEntry: boolean }>;
  readonly enums: ReadonlyMap<string, Uint8Array>;
  readonly oneofs: readonly { readonly name: string; readonly required: boolean }[];
  readonly previousMessageType: string | undefined;
  readonly validationDisabled: boolean;
  readonly deprecated: boolean;
  readonly workInProgress: boolean;
};

export type FieldOptions = {
  readonly deprecated: boolean;
  /** envoy.annotations: `3.0`, the API version that deprecated it. */
  readonly deprecatedAtMinorVersion?: string;
  /** envoy.annotations: refused unless a runtime flag allows it. */
  readonly disallowedByDefault: boolean;
  /** udpa.annotations: not to be shown (keys, passwords). */
  readonly sensitive: boolean;
  readonly workInProgress: boolean;
  /** The field's name in the next version of the API. */
  readonly migrateRename?: string;
  /** The oneof that it joins in the next version of the API. */
  readonly migrateOneof?: string;
  /** validate.FieldRules as bytes. */
  readonly rules?: Uint8Array;
};

/** Calls `each` for every field; lengths come as bytes, varints as numbers, the rest is skipped. */
function walk(bytes: Uint8Array, each: (number: number, value: Uint8Array | number) => void): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) each(tag >>> 3, reader.bytes());
    else if ((tag & 7) === 0) each(tag >>> 3, reader.uint32());
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
}

function text(value: Uint8Array | number): string {
  if (typeof value === 'number') return '';
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}

/** A member of a message in bytes. */
function member(bytes: Uint8Array | number, number: number): Uint8Array | number | undefined {
  let found: Uint8Array | number | undefined;
  if (typeof bytes !== 'number') {
    walk(bytes, (n, value) => {
      if (n === number) found = value;
    });
  }
  return found;
}

const isOneOf = (numbers: readonly number[], number: number): boolean => numbers.includes(number);

export function readMessage(bytes: Uint8Array): RawMessage {
  const fields: RawField[] = [];
  const nested = new Map<string, { bytes: Uint8Array; mapEntry: boolean }>();
  const enums = new Map<string, Uint8Array>();
  const oneofs: { name: string; required: boolean }[] = [];
  let options = {
    previousMessageType: undefined as string | undefined,
    validationDisabled: false,
    deprecated: false,
    workInProgress: false,
  };
  walk(bytes, (number, value) => {
    if (typeof value === 'number') return;
    if (number === 2) fields.push(readField(value));
    else if (number === 3) {
      const { name, mapEntry } = readNestedHead(value);
      nested.set(name, { bytes: value, mapEntry });
    } else if (number === 4) enums.set(text(member(value, 1) ?? 0), value);
    else if (number === 7) options = readMessageOptions(value);
    else if (number === 8) oneofs.push(readOneof(value));
  });
  return { fields, nested, enums, oneofs, ...options };
}

function readNestedHead(bytes: Uint8Array): { name: string; mapEntry: boolean } {
  let name = '';
  let mapEntry = false;
  walk(bytes, (number, value) => {
    if (number === 1) name = text(value);
    else if (number === 7) mapEntry = member(value, 7) === 1;
  });
  return { name, mapEntry };
}

function readOneof(bytes: Uint8Array): { name: string; required: boolean } {
  let name = '';
  let required = false;
  walk(bytes, (number, value) => {
    if (number === 1) name = text(value);
    else if (number === 2) required = member(value, EXT.validate) === 1;
  });
  return { name, required };
}

function readMessageOptions(bytes: Uint8Array) {
  let previousMessageType: string | undefined;
  let validationDisabled = false;
  let deprecated = false;
  let workInProgress = false;
  walk(bytes, (number, value) => {
    if (number === 3) deprecated = value === 1;
    else if (number === EXT.validate || number === EXT.validateIgnored)
      validationDisabled = validationDisabled || value === 1;
    else if (number === EXT.status) workInProgress = member(value, 1) === 1;
    else if (isOneOf(EXT.versioning, number)) previousMessageType = text(member(value, 1) ?? 0);
  });
  return { previousMessageType, validationDisabled, deprecated, workInProgress };
}

function readField(bytes: Uint8Array): RawField {
  let name = '';
  let jsonName = '';
  let number = 0;
  let label: RawField['label'] = 'single';
  let type: FieldType | undefined;
  let typeName: string | undefined;
  let oneofIndex: number | undefined;
  let optional = false;
  let options: Uint8Array | undefined;
  walk(bytes, (n, value) => {
    if (n === 1) name = text(value);
    else if (n === 3) number = value as number;
    else if (n === 4) label = value === REPEATED ? 'repeated' : 'single';
    else if (n === 5) type = TYPES[value as number];
    else if (n === 6) typeName = text(value).slice(1);
    else if (n === 8) options = value as Uint8Array;
    else if (n === 9) oneofIndex = value as number;
    else if (n === 10) jsonName = text(value);
    else if (n === 17) optional = value === 1;
  });
  if (type === undefined) throw new Error(`the field ${name} has a type that is not known`);
  const packed = options === undefined ? undefined : member(options, 2);
  return {
    name,
    jsonName,
    number,
    label,
    type,
    typeName,
    oneofIndex,
    optional,
    packed: packed === undefined ? undefined : packed === 1,
    options,
  };
}

export function readFieldOptions(bytes: Uint8Array): FieldOptions {
  const options: { -readonly [K in keyof FieldOptions]: FieldOptions[K] } = {
    deprecated: false,
    disallowedByDefault: false,
    sensitive: false,
    workInProgress: false,
  };
  walk(bytes, (number, value) => {
    if (number === 3) options.deprecated = value === 1;
    else if (number === EXT.validate) options.rules = value as Uint8Array;
    else if (number === EXT.status) options.workInProgress = member(value, 1) === 1;
    else if (isOneOf(EXT.sensitive, number)) options.sensitive = value === 1;
    else if (isOneOf(EXT.disallowedByDefault, number)) options.disallowedByDefault = value === 1;
    else if (isOneOf(EXT.deprecatedAtMinorVersion, number)) options.deprecatedAtMinorVersion = text(value);
    else if (isOneOf(EXT.fieldMigrate, number)) {
      const rename = member(value, 1);
      const oneof = member(value, 2);
      if (rename !== undefined) options.migrateRename = text(rename);
      if (oneof !== undefined) options.migrateOneof = text(oneof);
    }
  });
  return options;
}

export type RawEnumValue = {
  readonly name: string;
  readonly number: number;
  readonly deprecated: boolean;
  /** envoy.annotations: `3.0`, the API version that deprecated it. */
  readonly deprecatedAtMinorVersion?: string;
  /** envoy.annotations: refused unless a runtime flag allows it. */
  readonly disallowedByDefault: boolean;
};

export function readEnum(bytes: Uint8Array): RawEnumValue[] {
  const values: RawEnumValue[] = [];
  walk(bytes, (number, value) => {
    if (number === 2 && typeof value !== 'number') values.push(readEnumValue(value));
  });
  return values;
}

function readEnumValue(bytes: Uint8Array): RawEnumValue {
  const one: { -readonly [K in keyof RawEnumValue]: RawEnumValue[K] } = {
    name: '',
    number: 0,
    deprecated: false,
    disallowedByDefault: false,
  };
  walk(bytes, (n, value) => {
    if (n === 1) one.name = text(value);
    // a negative value is ten bytes, of which the reader keeps the low 32 bits
    else if (n === 2) one.number = (value as number) | 0;
    else if (n === 3 && typeof value !== 'number') {
      walk(value, (option, inner) => {
        if (option === 1) one.deprecated = inner === 1;
        else if (isOneOf(EXT.disallowedByDefault, option)) one.disallowedByDefault = inner === 1;
        else if (isOneOf(EXT.deprecatedAtMinorVersion, option)) one.deprecatedAtMinorVersion = text(inner);
      });
    }
  });
  return one;
}
