// What is wrong with expressions of the Common Expression Language, in words; what they are worth is compared with
// Envoy in test/differential/cel.test.ts.
import t from 'tap';
import { compileCel } from '../../src/cel/compile.ts';

const faultOf = (text: string): string => {
  const compiled = compileCel(text);
  if ('node' in compiled) return 'none';
  const { code, message, suggestion } = compiled.fault;
  return `${code}: ${message}${suggestion === undefined ? '' : ` (${suggestion}?)`}`;
};

const SYNTAX = 'rule: no CEL expression: found';
const CASES: Readonly<Record<string, string>> = {
  'response.code >= 400': 'none',
  '[1, true': `${SYNTAX} end of input but expecting ',', ']', comment, or whitespace (at character 9)`,
  '1 == = 2': `${SYNTAX} = but expecting end of input (at character 3)`,
  '': `${SYNTAX} end of input (at character 1)`,
  '"abc': `${SYNTAX} " (at character 1)`,
  'response.cod >= 400': 'rule: there is no attribute response.cod (response.code?)',
  'reponse.code >= 400': 'rule: there is no attribute reponse (response?)',
  'request["metod"]': 'rule: there is no attribute request.metod (request.method?)',
  'has(request.nope)': 'rule: there is no attribute request.nope',
  nope: 'rule: there is no attribute nope',
  request: 'unsupported: request as a whole is not supported: name one of its attributes',
  'metadata.filter_metadata': 'unsupported: the attribute metadata is not supported yet',
  'xds.node.id': 'unsupported: the attribute xds.node is not supported yet',
  'filter_state["a"]': 'unsupported: the attribute filter_state is not supported yet',
  'size("a", "b")': 'rule: size takes 1 argument, not 2',
  '"a".contains()': 'rule: contains takes 2 arguments, not 1',
  '"a".startWith("b")': 'rule: there is no function startWith (startsWith?)',
  'string(1)': 'unsupported: the function string is not supported in an expression',
  're.extract("a", "b", "c")': 'unsupported: the function extract is not supported in an expression',
  '[1].exists(x, x > 0)': 'unsupported: a macro over a list is not supported in an expression',
  'google.protobuf.Duration{seconds: 5}':
    'unsupported: a message (google.protobuf.Duration) is not supported in an expression',
  '"a".matches("[")': 'rule: no regular expression: missing ]: [',
  '"a".matches(request.path)': 'unsupported: matches() takes a constant regular expression only',
  'request.time.getHours("Europe/Berlin")':
    'unsupported: a time zone other than UTC or a distance such as +01:00 is not supported',
  'request.time.getHours("+01:00")': 'none',
};

for (const [text, fault] of Object.entries(CASES)) {
  t.test(text === '' ? 'nothing' : text, async (t) => {
    t.equal(faultOf(text), fault);
  });
}

t.test('the depth is limited', async (t) => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  t.equal(faultOf(nested(90)), 'none');
  t.equal(faultOf(nested(120)), 'unsupported: more than 100 operations within one another');
  t.match(
    faultOf(nested(100_000)),
    /^(rule: no CEL expression: it is nested too deeply|unsupported: more than)/,
  );
});
