/**
 * Writes docs/supported.md from the registry of what is implemented and from the table of flags.
 * `--check` only compares and exits with 1 when the file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { DescriptorPool } from '../src/api/descriptor.ts';
import { renderSupported } from '../src/api/support_doc.ts';
import { FLAGS } from '../src/flags_table.ts';
import { supportRegistry } from '../src/tables/support/registry.ts';

const file = new URL('../docs/supported.md', import.meta.url);
const text = renderSupported(DescriptorPool.load(), supportRegistry(), FLAGS);
if (process.argv.includes('--check')) {
  let present = '';
  try {
    present = readFileSync(file, 'utf8');
  } catch {
    // a file that is not there is out of date
  }
  if (present !== text) {
    process.stderr.write('docs/supported.md is out of date: run scripts/gen-supported.ts\n');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
