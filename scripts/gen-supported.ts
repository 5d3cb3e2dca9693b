/**
 * Writes docs/supported.md from the registry of what is implemented and from the table of flags.
 * `--check` only compares and exits with 1 when the file is out of date.
 */
import { DescriptorPool } from '../src/api/descriptor.ts';
import { renderSupported } from '../src/api/support_doc.ts';
import { FLAGS } from '../src/flags_table.ts';
import { supportRegistry } from '../src/tables/support/registry.ts';
import { writeGenerated } from './generated_file.ts';

const text = renderSupported(DescriptorPool.load(), supportRegistry(), FLAGS);
writeGenerated('docs/supported.md', text, 'scripts/gen-supported.ts');
