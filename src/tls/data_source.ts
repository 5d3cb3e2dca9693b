import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { WatchSpec } from '../config/file_watch.ts';
import type { ConfigSource } from '../config/payload.ts';
import { configSource } from '../config/sources.ts';
import { child, flag, has, text } from '../tables/route_read.ts';
import type { LocatedPart } from './contexts.ts';
import { nearest } from '../nearest.ts';
import { ONCE } from './secret_parts.ts';
import { type SecretKind, TAG } from './spec.ts';

export type PartContext = {
  readonly diagnostics: Diagnostics;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the resource came from; absent: it stands in the bootstrap. */
  readonly origin?: ConfigSource | undefined;
  /** Those of the bootstrap (envoy.extensions.transport_sockets.tls.v3.Secret). */
  readonly secrets?: readonly Message[] | undefined;
};

/** Gathers the parts of one context and the files that it is made of. */
export class Parts {
  readonly list: LocatedPart[] = [];
  readonly files: WatchSpec[] = [];
  readonly context: PartContext;
  failed = false;

  constructor(context: PartContext) {
    this.context = context;
  }

  add(part: { readonly tag: number; readonly bytes?: Uint8Array }, path: Path): void {
    this.list.push({ ...part, path });
  }

  /** What envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig names. */
  secret(config: Message, kind: SecretKind, path: Path): void {
    const source = configSource(child(config, 'sds_config'), this.context.origin);
    const name = text(config, 'name');
    if (source !== undefined) this.list.push({ tag: TAG.Secret, secret: { name, source, kind }, path });
    else this.error([...path, 'sds_config'], 'there is no server that it came from');
  }

  /** The secret of the bootstrap that such a reference means, by the field that it is in; undefined after an error. */
  fixedSecret(config: Message, field: string, path: Path): Message | undefined {
    const name = text(config, 'name');
    const known = (this.context.secrets ?? []).filter((secret) => has(secret, field));
    const found = known.find((secret) => text(secret, 'name') === name);
    if (found !== undefined) return child(found, field);
    const names = known.map((secret) => text(secret, 'name'));
    this.failed = true;
    this.context.diagnostics.error([...path, 'name'], 'reference', `the bootstrap has no secret '${name}'`, {
      expected: `one in static_resources.secrets with ${field}, or sds_config: where it comes from`,
      suggestion: nearest(name, names),
    });
    return undefined;
  }

  /** Takes what another one has gathered; of the tags that count once it goes before what is here. */
  take(other: Parts): void {
    for (const part of other.list) {
      const before = ONCE.has(part.tag) ? this.list.findIndex(({ tag }) => tag === part.tag) : -1;
      if (before >= 0) this.list.splice(before, 1);
      this.list.push(part);
    }
    this.files.push(...other.files);
    this.failed ||= other.failed;
  }

  /** What an envoy.config.core.v3.DataSource holds; `watched` is the folder that is looked at instead of the file's. */
  source(tag: number, source: Message | undefined, path: Path, watched?: Message): boolean {
    if (source === undefined) return false;
    const file = text(source, 'filename');
    if (file !== '') {
      this.list.push({ tag, file, path: [...path, 'filename'] });
      this.files.push({
        path: file,
        ...(watched === undefined
          ? {}
          : { directory: text(watched, 'path'), modify: flag(watched, 'watch_modify') }),
      });
      return true;
    }
    const value = this.#inline(source, path);
    if (value === undefined) return false;
    this.list.push({ tag, ...value });
    return true;
  }

  #inline(source: Message, path: Path): { bytes: Uint8Array; path: Path } | undefined {
    for (const field of ['inline_bytes', 'inline_string', 'environment_variable']) {
      if (!has(source, field)) continue;
      const value = source[field];
      const at = [...path, field];
      if (value instanceof Uint8Array) return { bytes: value, path: at };
      const content = field === 'inline_string' ? String(value) : this.context.env[String(value)];
      if (content !== undefined && content !== '') return { bytes: Buffer.from(content), path: at };
      this.error(at, content === undefined ? `the environment variable ${value} is not set` : 'it is empty');
      return undefined;
    }
    this.error(path, 'the data source is empty');
    return undefined;
  }

  error(path: Path, message: string, expected?: string): void {
    this.failed = true;
    this.context.diagnostics.error(path, 'tls', message, expected === undefined ? {} : { expected });
  }
}
