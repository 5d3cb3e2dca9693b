// HPACK for tests (RFC 7541): a whole decoder, and an encoder that writes plain literals, so that
// tests can send what no proper encoder would.

/** Lengths of the Huffman codes of 0..255 and the end of string; the codes follow (appendix B is canonical). */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const CODES = new Map<string, number>();
{
  const order = LENGTHS.map((_, symbol) => symbol).sort(
    (a, b) => (LENGTHS[a] as number) - (LENGTHS[b] as number) || a - b,
  );
  let code = 0;
  let length = 0;
  for (const symbol of order) {
    const own = LENGTHS[symbol] as number;
    code *= 2 ** (own - length);
    length = own;
    CODES.set(`${length}:${code}`, symbol);
    code++;
  }
}

function huffman(bytes: Buffer): Buffer {
  const out: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const symbol = CODES.get(`${length}:${code}`);
      if (symbol === undefined) continue;
      if (symbol === 256) throw new Error('end of string inside a string');
      out.push(symbol);
      code = length = 0;
    }
  }
  if (length > 7 || code !== 2 ** length - 1) throw new Error('bad padding of a Huffman string');
  return Buffer.from(out);
}

const STATIC =
  `:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200
:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate
accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control
content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type
cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since
last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after
server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate`
    .split(/[|\n]/)
    .map((text): Field => {
      const space = text.indexOf(' ');
      return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
    });

export type Field = readonly [name: string, value: string];

/** One connection's decoder. */
export class HpackDecoder {
  private readonly table: Field[] = [];
  private limit = 4096;
  private size = 0;
  private at = 0;
  private block: Buffer = Buffer.alloc(0);

  decode(block: Buffer): Field[] {
    this.block = block;
    this.at = 0;
    const out: Field[] = [];
    while (this.at < block.length) {
      const first = block[this.at] as number;
      if (first & 0x80) out.push(this.field(this.integer(7)));
      else if ((first & 0xe0) === 0x20) this.resize(this.integer(5));
      else out.push(this.literal(first));
    }
    return out;
  }

  private literal(first: number): Field {
    const index = this.integer(first & 0x40 ? 6 : 4);
    const name = index ? this.field(index)[0] : this.text();
    const field: Field = [name, this.text()];
    if (first & 0x40) this.add(field);
    return field;
  }

  private add(field: Field): void {
    this.table.unshift(field);
    this.size += cost(field);
    this.evict();
  }

  private resize(limit: number): void {
    this.limit = limit;
    this.evict();
  }

  private evict(): void {
    while (this.size > this.limit) this.size -= cost(this.table.pop() as Field);
  }

  private field(index: number): Field {
    const field = index <= STATIC.length ? STATIC[index - 1] : this.table[index - STATIC.length - 1];
    if (field === undefined) throw new Error(`no field ${index}`);
    return field;
  }

  private integer(bits: number): number {
    const mask = 2 ** bits - 1;
    let value = this.byte() & mask;
    if (value < mask) return value;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }

  private text(): string {
    const coded = ((this.block[this.at] ?? 0) & 0x80) !== 0;
    const n = this.integer(7);
    const bytes = this.block.subarray(this.at, this.at + n);
    if (bytes.length < n) throw new Error('a string is cut');
    this.at += n;
    return (coded ? huffman(bytes) : bytes).toString('latin1');
  }

  private byte(): number {
    const byte = this.block[this.at++];
    if (byte === undefined) throw new Error('a field block is cut');
    return byte;
  }
}

const cost = ([name, value]: Field): number => name.length + value.length + 32;

function integer(kind: number, bits: number, value: number): number[] {
  const mask = 2 ** bits - 1;
  if (value < mask) return [kind | value];
  const out = [kind | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  return [...out, rest];
}

/** A field as a literal without indexing, or (`indexed`) one that enters the table. */
export function literal([name, value]: Field, indexed = false): Buffer {
  const text = (s: string): Buffer =>
    Buffer.concat([Buffer.from(integer(0, 7, s.length)), Buffer.from(s, 'latin1')]);
  return Buffer.concat([Buffer.from([indexed ? 0x40 : 0]), text(name), text(value)]);
}

export const encode = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.map((field) => literal(field)));
