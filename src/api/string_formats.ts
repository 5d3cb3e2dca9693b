import { isIP, isIPv4, isIPv6 } from 'node:net';

/** The formats that `(validate.rules).string` can ask for, each by the name of its rule. */

/** RFC 1034: labels of letters, digits and hyphens; at most 253 characters. */
export function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name.length === 0 || name.length > 253) return false;
  return name.split('.').every((label) => /^(?!-)[0-9A-Za-z-]{1,63}(?<!-)$/.test(label));
}

/** RFC 5322's addr-spec with a dot-atom local part. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > 64 || text.length > 254) return false;
  return /^[\w!#$%&'*+/=?^`{|}~.-]+$/.test(text.slice(0, at)) && isHostname(text.slice(at + 1));
}

/** RFC 3986: with a scheme. */
export function isUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && isUriReference(text);
}

/** RFC 3986: only its characters, escapes of two hex digits. */
export function isUriReference(text: string): boolean {
  return /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/.test(text);
}

/** RFC 4122. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** What a rule that is switched on with `true` asks for, and how that is called. */
export const STRING_FORMATS: Readonly<Record<string, readonly [(text: string) => boolean, string]>> = {
  email: [isEmail, 'an e-mail address'],
  hostname: [isHostname, 'a host name'],
  ip: [(text) => isIP(text) !== 0, 'an IP address'],
  ipv4: [isIPv4, 'an IPv4 address'],
  ipv6: [isIPv6, 'an IPv6 address'],
  uri: [isUri, 'a URI with a scheme'],
  uri_ref: [isUriReference, 'a URI or a relative reference'],
  address: [(text) => isIP(text) !== 0 || isHostname(text), 'an IP address or a host name'],
  uuid: [isUuid, 'a UUID'],
};

const HEADER_NAME = /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what the rule forbids
const HEADER_VALUE = /^[^\u0000-\u0008\u000A-\u001F\u007F]*$/;
/** Without `strict` names and values share one pattern, which an empty text matches. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what the rule forbids
const LOOSE = /^[^\u0000\u000A\u000D]*$/;

/** `well_known_regex`: 1 is a header's name, 2 a header's value; `strict` follows RFC 7230. */
export function wellKnown(kind: number, strict: boolean): readonly [RegExp, string] | undefined {
  if (kind === 1) {
    return strict ? [HEADER_NAME, 'a header name'] : [LOOSE, 'a header name without NUL, CR or LF'];
  }
  if (kind === 2) {
    return strict
      ? [HEADER_VALUE, 'a header value without control characters']
      : [LOOSE, 'a header value without NUL, CR or LF'];
  }
  return undefined;
}
