/**
 * Names of resources with an authority: `xdstp://authority/type/id?key=value`. Names are compared in one form, the
 * one that Envoy asks for: parameters sorted, and nothing percent-encoded that need not be.
 */
export type XdstpName = {
  readonly authority: string;
  /** The name of the message, without a prefix. */
  readonly type: string;
  readonly id: string;
  readonly params: ReadonlyMap<string, string>;
};

const SCHEME = 'xdstp:';

export const isXdstp = (name: string): boolean => name.startsWith(SCHEME);

function decode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** `reserved`: characters that mean something where the text stands. */
function encode(text: string, reserved: string): string {
  let out = '';
  for (const char of text) {
    if (char >= ' ' && char < '~' && !reserved.includes(char)) out += char;
    else for (const byte of Buffer.from(char)) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Undefined for what is no such name. */
export function parseXdstp(name: string): XdstpName | undefined {
  const found = /^xdstp:\/\/([^/?]*)\/([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(name);
  if (found === null) return undefined;
  const [, authority = '', type = '', id = '', query = ''] = found;
  const params = new Map<string, string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const key = decode(at < 0 ? pair : pair.slice(0, at));
    if (pair !== '' && !params.has(key)) params.set(key, at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return { authority: decode(authority), type, id: decode(id), params };
}

/** The one form of a name. */
export function formatXdstp({ authority, type, id, params }: XdstpName): string {
  const path = encode(id, '%:?#[]');
  const query = [...params]
    .map(([key, value]) => `${encode(key, '%#[]&=')}=${encode(value, '%#[]&=')}`)
    .sort()
    .join('&');
  const head = `${SCHEME}//${encode(authority, '%/?#')}/${type}${path === '' ? '' : `/${path}`}`;
  return query === '' ? head : `${head}?${query}`;
}

/** Names of other kinds, and such as are not well formed, are left as they are. */
export function canonicalName(name: string): string {
  const parsed = isXdstp(name) ? parseXdstp(name) : undefined;
  return parsed === undefined ? name : formatXdstp(parsed);
}

/** The collection that a resource belongs to, which is asked for by one name (`.../*`); undefined: none. */
export function collectionOf(name: string): string | undefined {
  const parsed = isXdstp(name) ? parseXdstp(name) : undefined;
  if (parsed === undefined) return undefined;
  return formatXdstp({ ...parsed, id: `${parsed.id.slice(0, parsed.id.lastIndexOf('/') + 1)}*` });
}
