/** Reads the lines of descriptors.txt: scripts/build-api-index.mjs tells their form. */

export type ScalarType =
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
  | 'bytes';

export type FieldType = ScalarType | 'enum' | 'message';

/** A type, with the full name of the message or enum. */
export type RawType = { readonly type: FieldType; readonly typeName: string | undefined };

export type RawField = RawType & {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly flags: string;
  readonly oneof: string | undefined;
  /** Of a map. */
  readonly map: { readonly key: RawType; readonly value: RawType } | undefined;
  /** The words after the flags. */
  readonly words: readonly string[];
};

export type RawMessage = {
  readonly flags: string;
  readonly previousMessageType: string | undefined;
  readonly oneofs: readonly { readonly name: string; readonly required: boolean }[];
  /** A line each. */
  readonly fields: readonly string[];
};

export type EnumValueDesc = {
  readonly name: string;
  readonly number: number;
  readonly deprecated: boolean;
  /** envoy.annotations: `3.0`, the API version that deprecated it. */
  readonly deprecatedAtMinorVersion?: string;
  /** envoy.annotations: refused unless a runtime flag allows it. */
  readonly disallowedByDefault: boolean;
};

/** The value of the first word with a key. */
export function wordOf(words: readonly string[], key: string): string | undefined {
  const prefix = `${key}=`;
  return words.find((word) => word.startsWith(prefix))?.slice(prefix.length);
}

export function readMessage(block: string): RawMessage {
  const [head = '', ...fields] = block.split('\n');
  const [flags = '', ...words] = head.split(' ');
  const oneofs = words
    .filter((word) => word.startsWith('o='))
    .map((word) => ({ name: word.slice(2).replace('!', ''), required: word.endsWith('!') }));
  return { flags, previousMessageType: wordOf(words, 'p'), oneofs, fields };
}

export function readField(line: string): RawField {
  const [name = '', number, kind = '', flags = '', ...words] = line.split(' ');
  const [first = '', second = '', third = '', fourth] = kind.split(':');
  const map =
    first === 'map' ? { key: rawType(second, undefined), value: rawType(third, fourth) } : undefined;
  return {
    name,
    jsonName: wordOf(words, 'j') ?? camelCase(name),
    number: Number(number),
    ...(map === undefined ? rawType(first, second) : rawType('message', undefined)),
    flags,
    oneof: wordOf(words, 'o'),
    map,
    words,
  };
}

function rawType(type: string, typeName: string | undefined): RawType {
  return { type: type as FieldType, typeName: typeName === '' ? undefined : typeName };
}

function camelCase(name: string): string {
  if (!name.includes('_')) return name;
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function readEnum(block: string): EnumValueDesc[] {
  return block.split('\n').map((line) => {
    const [name = '', number, flags = '', ...words] = line.split(' ');
    const version = wordOf(words, 'v');
    return {
      name,
      number: Number(number),
      deprecated: flags.includes('d'),
      ...(version === undefined ? {} : { deprecatedAtMinorVersion: version }),
      disallowedByDefault: flags.includes('x'),
    };
  });
}
