/**
 * Compiles static configurations for the engine without Node (native/standalone/packed.h has the format):
 *
 *   node --import tsx scripts/pack-config.ts OUT FILE...
 *
 * Each file becomes one version; all of them must have the same resources.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CompiledResource, Fixup } from '../src/config/compiled.ts';
import { loadBootstrap } from '../src/config/load.ts';
import { loadOptions } from '../src/config/load_options.ts';
import { defaultOptions } from '../src/flags.ts';
import { RecordKind } from '../src/tables/generated/layout.ts';

type Address = { readonly host: string; readonly port: number };

class Output {
  readonly #parts: Buffer[] = [];
  number(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.#parts.push(part);
    return this;
  }
  text(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
    this.number(bytes.length);
    this.#parts.push(bytes);
    return this;
  }
  raw(value: string): this {
    this.#parts.push(Buffer.from(value));
    return this;
  }
  all(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function writeFixup(out: Output, fixup: Fixup): void {
  switch (fixup.kind) {
    case 'ref':
      out.number(1).number(fixup.offset).number(fixup.record);
      return;
    case 'id':
      out.number(2).number(fixup.offset).number(fixup.target).text(fixup.name);
      return;
    case 'stats':
      out.number(3).number(fixup.offset).number(fixup.group).text(fixup.name);
      return;
    case 'regex':
      out
        .number(4)
        .number(fixup.offset)
        .number(fixup.ignoreCase === true ? 1 : 0)
        .number(fixup.patterns.length);
      for (const pattern of fixup.patterns) out.text(pattern);
      return;
    case 'tls':
      out.number(6).number(fixup.offset).number(0).text(fixup.spec);
      return;
    case 'socket':
      out.number(5).number(fixup.offset).number(fixup.address);
  }
}

function writeResource(
  out: Output,
  kind: number,
  name: string,
  compiled: CompiledResource,
  addresses: readonly Address[],
) {
  out.number(kind).text(name).number(addresses.length);
  for (const { host, port } of addresses) out.text(host).number(port);
  out.number(compiled.records.length);
  for (const record of compiled.records) {
    out.number(record.kind).text(record.bytes).number(record.fixups.length);
    for (const fixup of record.fixups) writeFixup(out, fixup);
  }
}

async function writeVersion(out: Output, file: string): Promise<void> {
  const input = { path: resolve(file), yaml: '' };
  const { result, findings } = await loadBootstrap(
    input,
    loadOptions({ ...defaultOptions(), configPath: file }),
  );
  if (result === undefined) throw new Error(findings.map(({ text }) => text).join('\n'));
  const { clusters, listeners } = result;
  const contexts = [...clusters, ...listeners].flatMap(({ payload }) => payload.tls ?? []);
  out.number(contexts.length + clusters.length * 2 + listeners.length);
  for (const { name, compiled } of contexts) {
    if (compiled !== undefined) writeResource(out, RecordKind.TlsContext, name, compiled, []);
  }
  for (const { name, payload } of clusters) {
    if (payload.compiled === undefined || payload.endpoints === undefined)
      throw new Error(`cluster '${name}' is not static`);
    writeResource(out, RecordKind.Endpoints, name, payload.endpoints.compiled, []);
    writeResource(out, RecordKind.Cluster, name, payload.compiled, []);
  }
  for (const { name, payload } of listeners) {
    if (payload.compiled === undefined || payload.routes.length > 0)
      throw new Error(`listener '${name}' takes routes from elsewhere`);
    const addresses = payload.addresses.map(({ host, port }) => ({ host, port }));
    writeResource(out, RecordKind.Listener, name, payload.compiled, addresses);
  }
}

const [target, ...files] = process.argv.slice(2);
if (target === undefined || files.length === 0) throw new Error('usage: pack-config.ts OUT FILE...');
const out = new Output().raw('attache1').number(files.length);
for (const file of files) await writeVersion(out, file);
writeFileSync(target, out.all());
