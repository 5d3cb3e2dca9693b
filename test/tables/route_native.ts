/** Runs compiled records through native/route/test/match_records.cc. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { CompiledResource } from '../../src/config/compiled.ts';

export type TestRequest = {
  readonly authority: string;
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
};

/** Where the native build puts test programs; a test run sets it. */
const directory = process.env.ATTACHE_NATIVE_BUILD ?? new URL('../../build/native', import.meta.url).pathname;
const program = `${directory}/match_records`;
export const nativeMissing = existsSync(program) ? false : `no ${program}: build the native tests first`;

class Output {
  readonly #parts: Buffer[] = [];
  number(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.#parts.push(part);
  }
  text(value: string | Uint8Array): void {
    const bytes = Buffer.from(value as string);
    this.number(bytes.length);
    this.#parts.push(bytes);
  }
  all(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** One answer for each request, as the program's head says: `<virtual host> <route> [path=] [location=]`. */
export function matchNatively(resource: CompiledResource, requests: readonly TestRequest[]): string[] {
  const out = new Output();
  out.number(resource.records.length);
  for (const { bytes, fixups } of resource.records) {
    out.text(bytes);
    const regexes = fixups.filter((fixup) => fixup.kind === 'regex');
    out.number(regexes.length);
    for (const { offset, patterns } of regexes) {
      out.number(offset);
      out.number(patterns.length);
      for (const pattern of patterns) out.text(pattern);
    }
    const references = fixups.filter((fixup) => fixup.kind === 'ref');
    out.number(references.length);
    for (const { offset, record } of references) {
      out.number(offset);
      out.number(record);
    }
  }
  out.number(requests.length);
  for (const { authority, path, headers = [] } of requests) {
    out.text(authority);
    out.text(path);
    out.number(headers.length);
    for (const [name, value] of headers) {
      out.text(name);
      out.text(value);
    }
  }
  const run = spawnSync(program, { input: out.all(), maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`match_records: ${run.stderr.toString()} ${run.signal ?? ''}`);
  return run.stdout.toString().trimEnd().split('\n');
}
