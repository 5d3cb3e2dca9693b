import type { DescriptorPool, MessageDesc } from './descriptor.ts';
import type { FieldSupport, SupportRegistry } from './support.ts';

/** The part of a flag's entry that the page shows. */
export type DocumentedFlag = {
  readonly name: string;
  readonly short?: string;
  readonly own?: true;
  readonly status:
    | { readonly kind: 'implemented' }
    | { readonly kind: 'harmless' | 'refused'; readonly reason: string };
};

/** The text of docs/supported.md. */
export function renderSupported(
  pool: DescriptorPool,
  registry: SupportRegistry,
  flags: readonly DocumentedFlag[],
): string {
  const messages = registry.messages.map((name) => pool.message(name)).filter((desc) => desc !== undefined);
  const lines = [
    '# What is supported',
    '',
    'Generated from the registry in the code by `scripts/gen-supported.ts`: do not edit. What is not listed here as',
    'implemented or harmless is refused by name when a configuration sets it; nothing is accepted and ignored.',
    'A field set to the value that it has unset (`false`, `0`, an empty list) is always accepted.',
    '',
    ...summary(registry, messages),
    ...extensions(registry),
    ...flagTable(flags),
    '## Fields',
    '',
    ...messages.flatMap((desc) => messageTable(registry, desc)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function summary(registry: SupportRegistry, messages: readonly MessageDesc[]): string[] {
  const total = { implemented: 0, harmless: 0, refused: 0 };
  for (const desc of messages) {
    const counts = count(registry, desc);
    total.implemented += counts.implemented;
    total.harmless += counts.harmless;
    total.refused += counts.refused;
  }
  return [
    `Of the ${messages.length} messages below, ${total.implemented} fields are implemented, ${total.harmless} are ` +
      `harmless and ${total.refused} are refused. ${registry.extensions.length} extensions are built in.`,
    '',
  ];
}

function count(
  registry: SupportRegistry,
  desc: MessageDesc,
): Record<FieldSupport['kind'] | 'refused', number> {
  const counts = { implemented: 0, harmless: 0, refused: 0 };
  for (const field of desc.fields) counts[registry.field(desc.fullName, field.name)?.kind ?? 'refused']++;
  return counts;
}

function extensions(registry: SupportRegistry): string[] {
  const sorted = [...registry.extensions].sort((a, b) =>
    a.category === b.category ? compare(a.name, b.name) : compare(a.category, b.category),
  );
  const rows = sorted.map(({ category, name, type, overrides, since }) =>
    row(category, code(name), [type, ...(overrides ?? [])].map(code).join('<br>'), since),
  );
  return ['## Extensions', '', ...table(['category', 'name', 'type', 'since'], rows), ''];
}

function flagTable(flags: readonly DocumentedFlag[]): string[] {
  const rows = flags.map((flag) => {
    const names = `${code(`--${flag.name}`)}${flag.short === undefined ? '' : `, ${code(`-${flag.short}`)}`}`;
    const { status } = flag;
    return row(
      names,
      status.kind,
      status.kind === 'implemented' ? (flag.own ? "attache's own" : '') : status.reason,
    );
  });
  return ['## Flags', '', ...table(['flag', 'status', ''], rows), ''];
}

function messageTable(registry: SupportRegistry, desc: MessageDesc): string[] {
  const declared = registry.fields(desc.fullName);
  const rows: string[] = [];
  const refused: string[] = [];
  for (const field of desc.fields) {
    const support = declared.get(field.name);
    if (support === undefined) {
      refused.push(code(field.name));
      continue;
    }
    rows.push(row(code(field.name), support.kind, note(registry, field, support)));
  }
  const { implemented, harmless, refused: missing } = count(registry, desc);
  return [
    `### ${desc.fullName}`,
    '',
    `${implemented} implemented, ${harmless} harmless, ${missing} refused.`,
    '',
    ...(rows.length === 0 ? [] : [...table(['field', 'status', ''], rows), '']),
    ...(refused.length === 0 ? [] : [`Refused: ${refused.join(', ')}.`, '']),
  ];
}

function note(
  registry: SupportRegistry,
  field: MessageDesc['fields'][number],
  support: FieldSupport,
): string {
  if (support.kind === 'harmless') return support.reason;
  const accepted = registry.acceptedValues(field, support);
  const values = field.enum?.values.map((v) => v.name) ?? [];
  const limited = accepted !== undefined && values.some((name) => !accepted.has(name));
  const parts = [support.note ?? '', limited ? `only ${[...accepted].map(code).join(', ')}` : ''];
  return parts.filter((part) => part !== '').join('; ');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const code = (text: string): string => `\`${text}\``;
const row = (...cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[]): string[] => [
  row(...head),
  `|${' --- |'.repeat(head.length)}`,
  ...rows,
];
