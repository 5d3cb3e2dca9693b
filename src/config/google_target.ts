/** Where a channel of gRPC leads: a host, or a socket of this machine. */
export type GoogleTarget = { readonly host: string; readonly port: number } | { readonly path: string };

/** gRPC's, for a name without a port. */
const DEFAULT_PORT = 443;
const LARGEST_PORT = 65535;
/** A name or an IPv4 address, or an IPv6 address in brackets; and a port. */
const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/?#@%]+))(?::(\d{1,5}))?$/;

/**
 * A name of gRPC's name syntax: `host`, `host:port`, `dns:host:port`, `dns:///host:port`, `unix:path`, `unix:///path`.
 * Undefined: it is none of these.
 */
export function googleTarget(uri: string): GoogleTarget | undefined {
  const socket = /^unix:(?:\/\/(?=\/))?(.+)$/.exec(uri)?.[1];
  if (socket !== undefined) return socket.startsWith('//') ? undefined : { path: socket };
  const [, bracketed, plain, digits] = HOST_PORT.exec(uri.replace(/^dns:(?:\/\/\/)?/, '')) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  return host === undefined || port === 0 || port > LARGEST_PORT ? undefined : { host, port };
}

/** What an authority may have in it, in gRPC's view. */
const ESCAPED = /[^A-Za-z0-9\-._~!$&'()*+,;=:[\]@]/gu;

/** What calls name as their authority, as gRPC does: the target as it is written, without its scheme. */
export const googleAuthority = (uri: string): string =>
  uri.startsWith('unix:')
    ? uri.replace(/^unix:(?:\/\/)?\/?/, '').replace(ESCAPED, encodeURIComponent)
    : uri.replace(/^dns:(?:\/\/\/)?/, '');
