import { readFileSync } from 'node:fs';
import t from 'tap';
import { compileAccessLog } from '../../src/accesslog/access_log.ts';
import { RESPONSE_FLAGS } from '../../src/accesslog/filter.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import type { Message } from '../../src/api/message.ts';
import {
  AccessLogFilterKind as Filter,
  AccessLogSink,
  Comparison,
  FormatOperator,
  HeaderMatch,
} from '../../src/tables/generated/layout.ts';

const FILE = 'envoy.extensions.access_loggers.file.v3.FileAccessLog';
const STDOUT = 'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
const STDERR = 'envoy.extensions.access_loggers.stream.v3.StderrAccessLog';

const any = ($decoded: Message): Message => ({
  $type: 'google.protobuf.Any',
  type_url: `type.googleapis.com/${$decoded.$type}`,
  $decoded,
});
const format = (fields: Record<string, unknown>): Message =>
  ({ $type: 'envoy.config.core.v3.SubstitutionFormatString', ...fields }) as Message;
const source = (fields: Record<string, unknown>): Message =>
  ({ $type: 'envoy.config.core.v3.DataSource', ...fields }) as Message;

function compile(log: Record<string, unknown>) {
  const diagnostics = new Diagnostics();
  const made = compileAccessLog({ $type: 'envoy.config.accesslog.v3.AccessLog', ...log } as Message, {
    diagnostics,
    path: ['access_log', 0],
    readFile: (path) => {
      if (path === '/format') return Buffer.from('F %PROTOCOL%\n');
      throw new Error(`cannot read ${path}`);
    },
    tryLogFile: (path) => {
      if (path.startsWith('/closed')) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    },
    env: { FORMAT: 'E %PROTOCOL%\n' },
  });
  return { made, list: diagnostics.list };
}
const file = (fields: Record<string, unknown> = {}) =>
  compile({ typed_config: any({ $type: FILE, path: '/log', ...fields } as Message) });

t.test('where lines go', async (t) => {
  t.match(file().made, { sink: AccessLogSink.File, path: '/log', format: { json: undefined } });
  t.match(compile({ typed_config: any({ $type: STDOUT }) }).made, { sink: AccessLogSink.Stdout, path: '' });
  t.match(compile({ typed_config: any({ $type: STDERR }) }).made, { sink: AccessLogSink.Stderr, path: '' });
});

t.test('a file that cannot be opened', async (t) => {
  const { made, list } = file({ path: '/closed/log' });
  t.equal(made, undefined);
  t.match(list, [
    {
      path: ['access_log', 0, 'typed_config', 'path'],
      message: "unable to open file '/closed/log': no such file or directory",
    },
  ]);
  t.match(file({ path: '/dev/stdout' }).made, { sink: AccessLogSink.Stdout, path: '' });
  t.match(file({ path: '/dev/stderr' }).made, { sink: AccessLogSink.Stderr, path: '' });
});

t.test('what they say', async (t) => {
  t.match(file().made?.format?.ops?.[1], { op: FormatOperator.StartTime });
  t.match(file({ format: '' }).made?.format?.ops?.[1], { op: FormatOperator.StartTime });
  t.match(file({ format: 'x' }).made?.format?.ops, [{ text: 'x' }]);
  const json = { $type: 'google.protobuf.Struct', fields: new Map() };
  t.match(file({ json_format: json }).made?.format, { json: true });
  t.match(file({ typed_json_format: json }).made?.format, { json: true });
  t.match(file({ log_format: format({ json_format: json, omit_empty_values: true }) }).made?.format, {
    json: true,
    omit_empty: true,
  });
  t.same(file({ log_format: format({ text_format: '' }) }).made?.format?.ops, []);
  const sources: [Record<string, unknown>, string][] = [
    [{ inline_string: 'x' }, 'x'],
    [{ inline_bytes: Buffer.from('y') }, 'y'],
    [{ filename: '/format' }, 'F '],
    [{ environment_variable: 'FORMAT' }, 'E '],
  ];
  for (const [fields, first] of sources) {
    const made = file({ log_format: format({ text_format_source: source(fields) }) }).made;
    t.equal(made?.format?.ops?.[0]?.text, first);
  }
  const stdout = compile({
    typed_config: any({
      $type: STDOUT,
      log_format: format({ text_format_source: source({ inline_string: 'o' }) }),
    }),
  });
  t.match(stdout.made?.format?.ops, [{ text: 'o' }]);
});

t.test('what is wrong', async (t) => {
  const typed = ['access_log', 0, 'typed_config'];
  t.match(file({ path: '' }).list, [{ path: [...typed, 'path'] }]);
  t.match(file({ log_format: format({}) }).list, [{ path: [...typed, 'log_format'], code: 'rule' }]);
  t.match(file({ log_format: format({ text_format_source: source({ filename: '/no' }) }) }).list, [
    { path: [...typed, 'log_format', 'text_format_source', 'filename'], code: 'file' },
  ]);
  t.match(file({ log_format: format({ text_format_source: source({ environment_variable: 'NO' }) }) }).list, [
    { code: 'file' },
  ]);
  const grpc = 'envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig';
  const { made, list } = compile({ typed_config: any({ $type: grpc }) });
  t.equal(made, undefined);
  t.match(list, [{ path: typed, code: 'unsupported' }]);
  t.match(compile({ name: 'x' }).list, [{ message: 'the access logger x has no typed_config' }]);
});

const filtered = (filter: Record<string, unknown>) =>
  compile({
    typed_config: any({ $type: STDOUT }),
    filter: { $type: 'envoy.config.accesslog.v3.AccessLogFilter', ...filter },
  });
const comparison = (op: number, value: number) => ({
  comparison: { op, value: { default_value: value, runtime_key: 'x' } },
});

t.test('filters', async (t) => {
  const cases: [Record<string, unknown>, Record<string, unknown>][] = [
    [
      { status_code_filter: comparison(1, 400) },
      { kind: Filter.StatusCode, op: Comparison.GreaterOrEqual, value: 400 },
    ],
    [{ duration_filter: comparison(3, 5) }, { kind: Filter.Duration, op: Comparison.NotEqual, value: 5 }],
    [{ not_health_check_filter: {} }, { kind: Filter.NotHealthCheck }],
    [{ response_flag_filter: { flags: ['LH', 'NR'] } }, { kind: Filter.ResponseFlag, flags: 0x101n }],
    [{ response_flag_filter: {} }, { kind: Filter.ResponseFlag, flags: (1n << 29n) - 1n }],
    [
      { header_filter: { header: { name: 'X-A', present_match: true } } },
      { kind: Filter.Header, header: { name: 'x-a', kind: HeaderMatch.Present } },
    ],
    [
      { grpc_status_filter: { statuses: [0, 14], exclude: true } },
      { kind: Filter.GrpcStatus, flags: 0x4001n, exclude: true },
    ],
    [
      { or_filter: { filters: [{ not_health_check_filter: {} }, { and_filter: { filters: [] } }] } },
      { kind: Filter.Or, children: [{ kind: Filter.NotHealthCheck }, { kind: Filter.And }] },
    ],
  ];
  for (const [filter, expected] of cases) {
    const { made, list } = filtered(filter);
    t.same(list, []);
    t.match(made?.filter, expected, Object.keys(filter).join());
  }
});

t.test('filters that are refused', async (t) => {
  const where = ['access_log', 0, 'filter'];
  for (const name of ['traceable_filter', 'runtime_filter', 'log_type_filter']) {
    const { made, list } = filtered({ [name]: {} });
    t.equal(made, undefined);
    t.match(list, [{ path: [...where, name], code: 'unsupported', keyError: true }]);
  }
  t.match(filtered({ response_flag_filter: { flags: ['LH', 'XX'] } }).list, [
    { path: [...where, 'response_flag_filter', 'flags', 1] },
  ]);
  t.match(filtered({ and_filter: { filters: [{ runtime_filter: {} }] } }).list, [
    { path: [...where, 'and_filter', 'filters', 0, 'runtime_filter'] },
  ]);
  t.match(filtered({}).list, [{ path: where, code: 'rule' }]);
});

t.test('response flags are in the order of their bits', async (t) => {
  const types = readFileSync(new URL('../../native/http/types.h', import.meta.url), 'utf8');
  const declared = types.slice(types.indexOf('enum class Flag'), types.indexOf('kCount'));
  t.same(
    [...declared.matchAll(/\/\/ ([A-Z]+)$/gm)].map((match) => match[1]),
    RESPONSE_FLAGS,
  );
});
