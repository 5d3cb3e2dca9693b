import { defineLayout } from './dsl.ts';

/** Compiled substitution format strings (access logs, header values). Operators: src/accesslog/operators.ts. */
export const format = defineLayout({
  enums: {
    AccessLogSink: ['File', 'Stdout', 'Stderr'],
    FormatNodeKind: ['Text', 'Operator'],
  },
  structs: {
    FormatOp: {
      fields: { op: 'u16', kind: 'enum:FormatNodeKind', json_typed: 'bool', max_length: 'u32', text: 'str', arg: 'str', arg2: 'str' },
      doc: 'Text: literal bytes in `text`. Operator: `op` from the operator table, `arg`/`arg2` its parameters (header name in lower case, alternative name, time format). max_length 0: none.',
    },
    Format: { fields: { ops: 'vec:FormatOp', omit_empty: 'bool', json: 'bool' } },
    AccessLog: { fields: { sink: 'enum:AccessLogSink', path: 'str', format: 'struct:Format', filter: 'opt:AccessLogFilter' } },
    AccessLogFilter: { fields: { kind: 'u8', op: 'u8', value: 'u64', flags: 'u64', children: 'vec:AccessLogFilter', header: 'opt:HeaderMatcher' } },
  },
});
