import { DescriptorPool } from '../api/descriptor.ts';
import { checkDeprecated } from '../api/deprecated.ts';
import { type Diagnostic, Diagnostics } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import type { Source } from '../api/locate.ts';
import type { Message } from '../api/message.ts';
import { Origins } from '../api/origins.ts';
import { renderAll } from '../api/render.ts';
import { checkSupport } from '../api/support_check.ts';
import { parseText } from '../api/text.ts';
import { upgrade } from '../api/upgrade.ts';
import { validate } from '../api/validate.ts';
import { compileEarly } from '../tuning.ts';
import { supportRegistry } from '../tables/support/registry.ts';
import { mergeOver } from './merge.ts';
import type { Finding, UnknownFields } from './messages.ts';

/** Of a text that it takes long to read. Characters. */
const LARGE = 256 << 10;

/** Warnings that --skip-deprecated-logs leaves out. */
const DEPRECATION = new Set(['deprecated', 'v2']);

/** What texts become: read, upgraded, decoded, valid and supported; and how to show what was found. */
export class Reading {
  readonly pool = DescriptorPool.load();
  readonly diagnostics = new Diagnostics();
  readonly #origins = new Origins();
  readonly #sources: Source[] = [];
  readonly #skipDeprecated: boolean;
  #root: unknown;

  constructor(skipDeprecated: boolean) {
    this.#skipDeprecated = skipDeprecated;
  }

  /** Undefined after a syntax error. */
  parse(file: string, content: string): unknown {
    this.#sources.push({ name: file, text: content });
    if (content.length >= LARGE) compileEarly();
    return parseText(content, file, this.diagnostics);
  }

  merge(base: unknown, over: unknown, file: string): unknown {
    return mergeOver(base, over, this.#origins, file);
  }

  /** What could be read; whether it is good, the diagnostics tell. */
  decode(type: string, value: unknown, file: string, unknownFields: UnknownFields): Message {
    const { pool, diagnostics } = this;
    this.#root = upgrade(type, value, { pool, diagnostics, origins: this.#origins, file });
    const message = decodeJson(pool, type, this.#root, { diagnostics, path: [], unknownFields });
    validate(pool, message, [], diagnostics);
    checkSupport(pool, supportRegistry(), message, [], diagnostics);
    checkDeprecated(pool, message, [], diagnostics);
    return message;
  }

  /** Fields that the API does not know and that were let pass. */
  get unknownFields(): number {
    return this.diagnostics.list.filter((d) => d.code === 'unknown-field' && d.severity === 'warning').length;
  }

  /** All findings that are to be shown, or those that `wanted` picks. */
  findings(wanted: (diagnostic: Diagnostic) => boolean = () => true): Promise<Finding[]> {
    const skipped = (d: Diagnostic): boolean =>
      this.#skipDeprecated && d.severity === 'warning' && DEPRECATION.has(d.code);
    const list = this.diagnostics.list.filter((d) => !skipped(d) && wanted(d));
    return renderAll(list, { sources: this.#sources, origins: this.#origins, root: this.#root });
  }
}
