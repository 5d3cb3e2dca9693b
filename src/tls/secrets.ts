import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { SecretPayload } from '../config/payload.ts';
import { child } from '../tables/route_read.ts';
import type { TlsFault } from './contexts.ts';
import { type PartContext, Parts } from './data_source.ts';
import { parameterParts } from './parameters.ts';
import { certificateParts, ticketParts } from './settings.ts';
import { encodeParts, numberPart, type SecretKind, TAG } from './spec.ts';
import { validationParts } from './validation.ts';

type Context = PartContext & {
  readonly check?: ((spec: Uint8Array) => TlsFault | undefined) | undefined;
  readonly read: (path: string) => Uint8Array;
};

/** envoy.extensions.transport_sockets.tls.v3.Secret; undefined after reporting errors. */
export function secretPayload(secret: Message, path: Path, context: Context): SecretPayload | undefined {
  const parts = new Parts(context);
  const certificate = child(secret, 'tls_certificate');
  const validation = child(secret, 'validation_context');
  const tickets = child(secret, 'session_ticket_keys');
  let kind: SecretKind | 'generic' = 'generic';
  let flags = 0;
  if (certificate !== undefined) {
    kind = 'certificate';
    certificateParts(certificate, [...path, 'tls_certificate'], parts);
  } else if (validation !== undefined) {
    kind = 'validation';
    flags = validationParts(validation, [...path, 'validation_context'], parts, true);
  } else if (tickets !== undefined) {
    kind = 'tickets';
    ticketParts(tickets, [...path, 'session_ticket_keys'], parts);
  }
  if (parts.failed || !readable(parts, context)) return undefined;
  if (kind === 'certificate' || kind === 'validation') check(parts, path, context);
  if (context.diagnostics.hasErrors) return undefined;
  return { kind, parts: parts.list.map(({ path: _, ...part }) => part), flags, files: parts.files };
}

function readable({ list }: Parts, { diagnostics, read }: Context): boolean {
  let fine = true;
  for (const { file, path } of list) {
    if (file === undefined) continue;
    try {
      if (read(file).length > 0) continue;
      diagnostics.error(path, 'file', `the file ${file} is empty`);
    } catch (error) {
      diagnostics.error(path, 'file', `cannot read ${file}: ${(error as Error).message}`);
    }
    fine = false;
  }
  return fine;
}

/** Builds a context around it, to see whether it can be. */
function check(parts: Parts, path: Path, { diagnostics, check: build, read, env }: Context): void {
  if (build === undefined) return;
  const around = new Parts({ diagnostics, env });
  around.add({ tag: TAG.Client }, path);
  parameterParts(undefined, path, around);
  const all = [...around.list, ...parts.list];
  const fault = build(encodeParts([...all, numberPart(TAG.Flags, 0)], read));
  if (fault === undefined) return;
  const at = all.filter(({ tag }) => tag === fault.tag)[fault.index];
  diagnostics.error(at?.path ?? path, 'tls', fault.message);
}
