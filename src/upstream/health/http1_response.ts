/** Fields with their names in lower case, in their order. */
export type Field = readonly [name: string, value: string];

/** A response to a check, as far as it came. */
export type ResponseHead = { readonly status: number; readonly fields: readonly Field[] };

/** The values of a field, joined; undefined: there is none. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  const values = fields.filter(([each]) => each === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

const MOST_HEAD = 60 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what is looked for
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

type Framing = 'length' | 'chunked' | 'close';

/**
 * Reads one response of HTTP/1 (RFC 9112) from bytes as they come. Bodies are told piece by piece; informational
 * responses are passed over. Strict: what could be read in two ways is an error.
 */
export class Http1Response {
  head: ResponseHead | undefined;
  /** The connection cannot be used again. */
  close = false;
  done = false;
  readonly #isHead: boolean;
  readonly #onBody: (bytes: Buffer) => void;
  #waiting: Buffer = Buffer.alloc(0);
  #framing: Framing = 'length';
  /** Of the body, or of the chunk. */
  #left = 0;
  #part: 'head' | 'body' | 'size' | 'data' | 'end' | 'trailers' = 'head';

  /** `isHead`: the request was HEAD. */
  constructor(isHead: boolean, onBody: (bytes: Buffer) => void) {
    this.#isHead = isHead;
    this.#onBody = onBody;
  }

  /** What is wrong, or undefined. Bytes behind the end of the response are wrong too. */
  feed(bytes: Buffer): string | undefined {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    while (!this.done) {
      const before = this.#waiting.length;
      const part = this.#part;
      const wrong = this.#step();
      if (wrong !== undefined) return wrong;
      if (this.#waiting.length === before && this.#part === part && !this.done) return undefined;
    }
    return this.#waiting.length > 0 ? 'bytes after the response' : undefined;
  }

  /** The peer has closed. True: that is the end of the body. */
  end(): boolean {
    if (this.#part === 'body' && this.#framing === 'close') this.done = true;
    return this.done;
  }

  #step(): string | undefined {
    switch (this.#part) {
      case 'head':
        return this.#readHead();
      case 'body':
      case 'data':
        this.#readData();
        return undefined;
      case 'size': {
        const line = this.#line();
        if (line === undefined) return this.#waiting.length > 1024 ? 'a chunk without a size' : undefined;
        const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
        if (size === undefined) return 'a chunk without a size';
        this.#left = Number.parseInt(size, 16);
        this.#part = this.#left === 0 ? 'trailers' : 'data';
        return undefined;
      }
      case 'end': {
        const line = this.#line();
        if (line === undefined) return this.#waiting.length > 1 ? 'a chunk that does not end' : undefined;
        if (line !== '') return 'a chunk that does not end';
        this.#part = 'size';
        return undefined;
      }
      default: {
        const line = this.#line();
        if (line === undefined)
          return this.#waiting.length > MOST_HEAD ? 'trailers are too large' : undefined;
        if (line === '') this.done = true;
        else if (!FIELD.test(line)) return 'a trailer is not a field';
        return undefined;
      }
    }
  }

  #line(): string | undefined {
    const at = this.#waiting.indexOf('\r\n');
    if (at < 0) return undefined;
    const line = this.#waiting.toString('latin1', 0, at);
    this.#waiting = this.#waiting.subarray(at + 2);
    return line;
  }

  #readHead(): string | undefined {
    const at = this.#waiting.indexOf('\r\n\r\n');
    if (at < 0 || at > MOST_HEAD)
      return this.#waiting.length > MOST_HEAD ? 'the head is too large' : undefined;
    const [first = '', ...lines] = this.#waiting.toString('latin1', 0, at).split('\r\n');
    this.#waiting = this.#waiting.subarray(at + 4);
    const line = STATUS_LINE.exec(first);
    if (line === null) return 'not a status line';
    const fields: Field[] = [];
    for (const each of lines) {
      const found = FIELD.exec(each);
      if (found === null || FORBIDDEN.test(found[2] as string)) return 'not a field';
      fields.push([(found[1] as string).toLowerCase(), found[2] as string]);
    }
    const status = Number(line[2]);
    if (status === 101) return 'protocols were switched unasked';
    if (status < 200) return undefined;
    return this.#begin({ status, fields }, line[1] === '1');
  }

  #begin(head: ResponseHead, isHttp11: boolean): string | undefined {
    this.head = head;
    const tokens =
      `${fieldValue(head.fields, 'connection') ?? ''},${fieldValue(head.fields, 'proxy-connection') ?? ''}`
        .toLowerCase()
        .split(',')
        .map((token) => token.trim());
    this.close = tokens.includes('close') || (!isHttp11 && !tokens.includes('keep-alive'));
    const length = fieldValue(head.fields, 'content-length');
    const coding = fieldValue(head.fields, 'transfer-encoding')?.toLowerCase();
    if (coding !== undefined && (length !== undefined || coding !== 'chunked' || !isHttp11))
      return 'the length of the body is not clear';
    if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'the length of the body is not clear';
    if (this.#isHead || head.status === 204 || head.status === 304) {
      this.done = true;
    } else if (coding !== undefined) {
      this.#framing = 'chunked';
      this.#part = 'size';
    } else if (length === undefined) {
      this.#framing = 'close';
      this.#part = 'body';
      this.close = true;
    } else {
      this.#left = Number(length);
      this.#part = 'body';
      this.done = this.#left === 0;
    }
    return undefined;
  }

  #readData(): void {
    const n = this.#framing === 'close' ? this.#waiting.length : Math.min(this.#left, this.#waiting.length);
    if (n > 0) this.#onBody(this.#waiting.subarray(0, n));
    this.#waiting = this.#waiting.subarray(n);
    if (this.#framing === 'close') return;
    this.#left -= n;
    if (this.#left > 0) return;
    if (this.#framing === 'chunked') this.#part = 'end';
    else this.done = true;
  }
}
