import t from 'tap';
import { compileFormat, compileHeaderValue, DEFAULT_FORMAT } from '../../src/accesslog/format.ts';
import { OPERATORS, UNSUPPORTED } from '../../src/accesslog/operators.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import {
  AddressPart,
  FormatNodeKind,
  FormatOperator,
  GrpcStatusForm,
  Mark,
  PathSource,
} from '../../src/tables/generated/layout.ts';

const compile = (text: string, env: Record<string, string> = {}) => {
  const diagnostics = new Diagnostics();
  const format = compileFormat(text, { diagnostics, path: ['format'], env });
  return { format, list: diagnostics.list, ops: format?.ops ?? [] };
};
const only = (text: string) => compile(text).ops[0];

t.test('text and percent signs', async (t) => {
  t.same(compile('').ops, []);
  t.same(compile('a%%b%%').ops, [{ kind: FormatNodeKind.Text, text: 'a%b%' }]);
  t.match(compile('a%PROTOCOL%%%%BYTES_SENT%').ops, [
    { kind: FormatNodeKind.Text, text: 'a' },
    { kind: FormatNodeKind.Operator, op: FormatOperator.Protocol },
    { kind: FormatNodeKind.Text, text: '%' },
    { kind: FormatNodeKind.Operator, op: FormatOperator.BytesSent },
  ]);
});

t.test('headers: lower case, an alternative, a length', async (t) => {
  t.match(only('%REQ(X-Envoy-Original-Path?:PATH):7%'), {
    op: FormatOperator.RequestHeader,
    arg: 'x-envoy-original-path',
    arg2: ':path',
    has_max_length: true,
    max_length: 7,
  });
  t.match(only('%REQ(?a)%'), { arg: '', arg2: 'a' });
  t.match(only('%RESP(a):0%'), { op: FormatOperator.ResponseHeader, has_max_length: true, max_length: 0 });
  t.match(only('%REQ(a):18446744073709551615%'), { max_length: 0xffffffff });
  t.notOk(only('%REQ(a)%')?.has_max_length);
});

t.test('parameters', async (t) => {
  t.match(only('%START_TIME(%Y %3f)%'), { op: FormatOperator.StartTime, arg: '%Y %3f' });
  t.match(only('%START_TIME()%'), { op: FormatOperator.StartTime, arg: '' });
  t.match(only('%GRPC_STATUS_NUMBER%'), { op: FormatOperator.GrpcStatus, variant: GrpcStatusForm.Number });
  t.match(only('%GRPC_STATUS(SNAKE_STRING)%'), { variant: GrpcStatusForm.Snake });
  t.match(only('%PATH(NQ:ORIG):9%'), { variant: PathSource.Original | 16, max_length: 9 });
  t.match(only('%DOWNSTREAM_LOCAL_PORT%'), {
    op: FormatOperator.DownstreamLocalAddress,
    variant: AddressPart.Port,
  });
  t.match(only('%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%'), {
    op: FormatOperator.UpstreamRemoteAddress,
    variant: AddressPart.WithoutPort,
  });
  t.match(only('%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(24)%'), {
    variant: AddressPart.Network,
    max_length: 24,
  });
  t.match(only('%COMMON_DURATION(US_TX_BEG:DS_TX_END:us)%'), {
    max_length: Mark.UpstreamTxBegin | (Mark.DownstreamTxEnd << 8) | (6 << 16),
  });
  t.match(only('%COMMON_DURATION(DS_RX_BEG:mine)%'), { max_length: (Mark.None << 8) | (3 << 16) });
});

t.test('the environment is read when the format is compiled', async (t) => {
  const env = { NAME: 'välue' };
  t.match(compile('%ENVIRONMENT(NAME)%', env).ops, [{ kind: FormatNodeKind.Text, text: 'välue' }]);
  t.match(compile('%ENVIRONMENT(NAME):2%', env).ops, [{ text: 'v' }]);
  t.match(compile('%ENVIRONMENT(NOPE)%', env).ops, [{ text: '-' }]);
});

// Envoy 1.40 refuses each of these as well.
t.test('what is wrong is told with its place', async (t) => {
  const cases: [string, string][] = [
    ['%REQ(a?b?c)%', 'more than one alternative header'],
    ['%REQ%', 'needs parameters'],
    ['%REQ()%', 'needs parameters'],
    ['%REQ(a b)%', 'characters'],
    ['%PROTOCOL(x)%', 'takes no parameters'],
    ['%PROTOCOL:3%', 'takes no length'],
    ['%START_TIME(%s):3%', 'takes no length'],
    ['%START_TIME(%n)%', 'newline'],
    ['%START_TIME(%-_3En)%', 'newline'],
    ['%START_TIME(a\nb)%', 'character 1 '],
    ['%REQ(:method)', 'character 1 '],
    ['100%', 'character 4 '],
    ['%lower%', 'character 1 '],
    ['%REQ(a) %', 'character 1 '],
    ['%REQ(a):99999999999999999999999%', 'character 1 '],
    ['%GRPC_STATUS(X)%', 'not a form'],
    ['%PATH(X)%', 'not a part'],
    ['%QUERY_PARAM()%', 'needs parameters'],
    ['%COMMON_DURATION(a)%', 'not a duration'],
    ['%COMMON_DURATION(a:b:s)%', 'precision'],
    ['%ENVIRONMENT%', 'needs a name'],
    ['%VIRTUAL_HOST_NAME%', 'there is no operator'],
    ['%constructor%', 'character 1 '],
  ];
  for (const [text, message] of cases) {
    const { format, list } = compile(text);
    t.equal(format, undefined, text);
    t.match(list, [{ severity: 'error', code: 'rule', path: ['format'] }], text);
    t.ok(list[0]?.message.includes(message), `${text}: ${list[0]?.message}`);
  }
});

t.test('all faults of a format at once, with a suggestion', async (t) => {
  const { list } = compile('%RESPONSE_COD% %TRACE_ID% %REQ%');
  t.match(list, [
    { code: 'rule', suggestion: 'RESPONSE_CODE' },
    { code: 'unsupported', message: 'the operator %TRACE_ID% is not supported yet' },
    { code: 'rule' },
  ]);
});

t.test('the operator table covers the layout', async (t) => {
  const used = new Set(Object.values(OPERATORS).map((operator) => operator.op));
  for (const [name, op] of Object.entries(FormatOperator)) t.ok(used.has(op), name);
  for (const name of Object.keys(OPERATORS)) {
    t.notOk(UNSUPPORTED.has(name), `${name} is either supported or not`);
    t.match(name, /^[A-Z0-9_]+$/);
  }
});

t.test('the default format', async (t) => {
  const { ops, list } = compile(DEFAULT_FORMAT);
  t.same(list, []);
  t.equal(ops.filter((op) => op.kind === FormatNodeKind.Operator).length, 15);
  t.equal(ops.at(-1)?.text, '"\n');
});

t.test('header values', async (t) => {
  const diagnostics = new Diagnostics();
  const context = { diagnostics, path: ['v'], env: { X: 'a\r\nb' } };
  t.match(compileHeaderValue('%REQ(a)%', context), { omit_empty: true, ops: [{ arg: 'a' }] });
  t.match(compileHeaderValue('%ENVIRONMENT(X)%', context), { ops: [{ text: 'a  b' }] });
  t.same(diagnostics.list, []);
  t.equal(compileHeaderValue('a\nb', context), undefined);
  t.match(diagnostics.list, [{ code: 'rule', path: ['v'] }]);
});
