import { readFileSync } from 'node:fs';
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { DescriptorIndex } from '../../src/api/descriptor_index.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { parseText } from '../../src/api/text.ts';
import { upgrade } from '../../src/api/upgrade.ts';
import { validate } from '../../src/api/validate.ts';
import { encodeWire } from '../../src/api/wire.ts';
import { BOOTSTRAP } from './api_fixtures.ts';

t.test('a small file pays for the files it touches', async (t) => {
  const pool = new DescriptorPool(DescriptorIndex.open());
  const diagnostics = new Diagnostics();
  const text = readFileSync(new URL('../../examples/httpbin.yaml', import.meta.url), 'utf8');
  const value = upgrade(BOOTSTRAP, parseText(text, 'httpbin.yaml', diagnostics), { pool, diagnostics });
  const upgraded = pool.loadedFiles.length;
  const message = decodeJson(pool, BOOTSTRAP, value, { diagnostics });
  validate(pool, message, [], diagnostics);
  encodeWire(pool, message);
  t.notOk(diagnostics.hasErrors);
  const files = pool.loadedFiles;
  t.ok(upgraded <= 24, `${upgraded} files, of both versions, to upgrade`);
  t.ok(files.length <= 30, `${files.length} files in all: ${files.join(' ')}`);
  t.notOk(files.some((file) => /tls|tap|ratelimit|trace/.test(file)));
});

t.test('opening reads no descriptor', async (t) => {
  t.same(new DescriptorPool(DescriptorIndex.open()).loadedFiles, []);
});

t.test('a damaged file is refused', async (t) => {
  t.throws(() => new DescriptorIndex(''), /damaged/);
  t.throws(() => new DescriptorIndex('attache-api 2 10\n'), /damaged/);
});
