import t from 'tap';
import { compileJsonFormat, jsonNumber } from '../../src/accesslog/json.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import type { Message } from '../../src/api/message.ts';
import { FormatNodeKind as Kind, FormatOperator as Op } from '../../src/tables/generated/layout.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const struct = (json: { [key: string]: Json }): Message => ({
  $type: 'google.protobuf.Struct',
  fields: new Map(Object.entries(json).map(([key, each]) => [key, value(each)])),
});
function value(json: Json): Message {
  const $type = 'google.protobuf.Value';
  if (json === null) return { $type, null_value: 0 };
  if (typeof json === 'string') return { $type, string_value: json };
  if (typeof json === 'number') return { $type, number_value: json };
  if (typeof json === 'boolean') return { $type, bool_value: json };
  if (!Array.isArray(json)) return { $type, struct_value: struct(json) };
  return { $type, list_value: { $type: 'google.protobuf.ListValue', values: json.map(value) } };
}

const compile = (json: { [key: string]: Json }, omitEmpty = false) => {
  const diagnostics = new Diagnostics();
  const format = compileJsonFormat(struct(json), { diagnostics, path: ['json_format'] }, { omitEmpty });
  return { format, list: diagnostics.list };
};
const text = (json: { [key: string]: Json }) => compile(json).format?.ops?.map((op) => op.text);

t.test('constants are one text, keys in the order of their bytes', async (t) => {
  t.same(text({ b: 1, a: 'q"\n\u2028\u007f', Z: true, é: null, '\u{10000}': [], '\uffff': {} }), [
    '{"Z":true,"a":"q\\"\\n\u2028\u007f","b":1,"é":null,"\uffff":{},"\u{10000}":[]}',
  ]);
  t.same(text({}), ['{}']);
  t.same(text({ a: '100%%' }), ['{"a":"100%"}']);
});

t.test('a lone operator keeps its type, text around it makes a string', async (t) => {
  t.match(compile({ a: '%BYTES_SENT%', b: ['x"%PROTOCOL%%REQ(y)%'] }).format, {
    json: true,
    omit_empty: false,
    ops: [
      { kind: Kind.Text, text: '{"a":' },
      { kind: Kind.Operator, op: Op.BytesSent, json_typed: true },
      { kind: Kind.Text, text: ',"b":["x\\"' },
      { kind: Kind.Operator, op: Op.Protocol },
      { kind: Kind.Operator, op: Op.RequestHeader },
      { kind: Kind.Text, text: '"]}' },
    ],
  });
});

t.test('where empty members go, every member stands alone', async (t) => {
  const { format } = compile({ a: { n: '%REQ(x)%', z: null }, b: [1, '%REQ(x)%'], c: '-%PROTOCOL%' }, true);
  t.match(format, { json: true, omit_empty: true });
  t.same(
    format?.ops?.map((op) => [op.kind, op.text ?? '']),
    [
      [Kind.ObjectBegin, ''],
      [Kind.ObjectBegin, '"a":'],
      [Kind.Operator, '"n":'],
      [Kind.ObjectEnd, ''],
      [Kind.ListBegin, '"b":'],
      [Kind.Constant, '1'],
      [Kind.Operator, ''],
      [Kind.ListEnd, ''],
      [Kind.StringBegin, '"c":'],
      [Kind.Text, '-'],
      [Kind.Operator, ''],
      [Kind.StringEnd, ''],
      [Kind.ObjectEnd, ''],
    ],
  );
});

t.test('faults are located, all at once', async (t) => {
  const { format, list } = compile({ a: { b: ['%NOPE%'] }, c: '%REQ%' });
  t.equal(format, undefined);
  t.same(
    list.map((each) => each.path),
    [
      ['json_format', 'a', 'b', 0],
      ['json_format', 'c'],
    ],
  );
});

t.test('nesting has a limit', async (t) => {
  const nested = (levels: number): { [key: string]: Json } => (levels === 1 ? {} : { a: nested(levels - 1) });
  t.ok(compile(nested(32)).format);
  t.match(compile(nested(33)).list, [{ code: 'rule' }]);
  t.match(compile({ a: nested(31), b: [[]] }, true).list, []);
});

// As Envoy 1.40 writes them.
t.test('numbers', async (t) => {
  const cases: [number, string][] = [
    [100000, '1e+05'],
    [1000000, '1e+06'],
    [123456789, '123456789'],
    [1e15, '1e+15'],
    [1e16, '1e+16'],
    [123456789012345680, '123456789012345680'],
    [1.1e20, '1.1e+20'],
    [0.1, '0.1'],
    [1e-5, '1e-05'],
    [0.00001234, '1.234e-05'],
    [1e300, '1e+300'],
    [100000000000, '1e+11'],
    [1200000, '1200000'],
    [5e-324, '5e-324'],
    [-100000, '-1e+05'],
    [3, '3'],
    [1e22, '1e+22'],
    [-0, '-0'],
    [0, '0'],
    [1.5, '1.5'],
    [-0.25, '-0.25'],
    [1e-7, '1e-07'],
    [1e21, '1e+21'],
    [9007199254740992, '9007199254740992'],
    [Number.NaN, 'null'],
  ];
  for (const [number, expected] of cases) t.equal(jsonNumber(number), expected);
});
