import { FLAGS, type FlagSpec } from './flags_table.ts';

const WIDTH = 75;

/** Breaks text at spaces so that no line, indent included, is longer than the width. */
export function wrap(text: string, indent: number, width = WIDTH): string {
  const pad = ' '.repeat(indent);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && indent + line.length + 1 + word.length > width) {
        lines.push(pad + line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line === '' ? '' : pad + line);
  }
  return lines.join('\n');
}

const placeholder = (flag: FlagSpec): string =>
  flag.value === undefined ? '' : flag.value === 'uint32' ? ' <uint32_t>' : ' <string>';

function briefUsage(): string {
  const items = FLAGS.map((flag) => {
    const name = flag.short !== undefined ? `-${flag.short}` : `--${flag.name}`;
    return `[${name}${placeholder(flag)}]${flag.value === 'list' ? ' ...' : ''}`;
  });
  const indent = '   attache  '.length;
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line !== '' && indent + line.length + 1 + item.length > WIDTH) {
      lines.push(line);
      line = item;
    } else {
      line = line === '' ? item : `${line} ${item}`;
    }
  }
  lines.push(line);
  return `   attache  ${lines.join(`\n${' '.repeat(indent)}`)}`;
}

function describe(flag: FlagSpec): string {
  const short = flag.short === undefined ? '' : `-${flag.short}${placeholder(flag)},  `;
  const repeat = flag.value === 'list' ? '  (accepted multiple times)' : '';
  const head = `   ${short}--${flag.name}${placeholder(flag)}${repeat}`;
  const notes =
    flag.status.kind === 'implemented'
      ? ''
      : `\n\n(${flag.status.kind === 'harmless' ? 'Accepted without effect' : 'Refused'}: ${flag.status.reason}.)`;
  return `${head}\n${wrap(flag.help + notes, 5)}\n`;
}

/** The text of `--help`, in the shape of Envoy's. */
export function helpText(): string {
  const rest = '   --,  --ignore_rest\n     Ignores the rest of the labeled arguments following this flag.\n';
  const where = FLAGS.map(describe);
  where.splice(where.length - 2, 0, rest);
  return `\nUSAGE: \n\n${briefUsage()}\n\n\nWhere: \n\n${where.join('\n')}\n\n   attache: an Envoy-compatible service proxy\n\n`;
}
