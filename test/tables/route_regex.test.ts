import t from 'tap';
import { literalPrefix, regexFault } from '../../src/tables/route_regex.ts';

t.test('faults are those of RE2, in its words', (t) => {
  const faults: Record<string, string> = {
    'a(b': 'missing ): a(b',
    'a)b': 'unexpected ): a)b',
    '[a': 'missing ]: [a',
    'x[^]': 'missing ]: [^]',
    '*a': 'no argument for repetition operator: *',
    'a|+': 'no argument for repetition operator: +',
    '(?:{2,})': 'no argument for repetition operator: {2,}',
    'a**': 'bad repetition operator: **',
    'a{2}{3}': 'bad repetition operator: {2}{3}',
    'a{1001}': 'invalid repetition size: {1001}',
    'a{3,2}?': 'invalid repetition size: {3,2}?',
    '(?=a)': 'invalid perl operator: (?=',
    '(?!a)': 'invalid perl operator: (?!',
    '(?<=a)b': 'invalid perl operator: (?<=',
    '(?<!a)b': 'invalid perl operator: (?<!',
    '(?>a)': 'invalid perl operator: (?>',
    '(?P=n)': 'invalid perl operator: (?P',
    '(?x)a': 'invalid perl operator: (?x',
    '(?i-)a': 'invalid perl operator: (?i-)',
    '(?P<>a)': 'invalid named capture group: (?P<>',
    '(?P<n': 'invalid named capture group: (?P<n',
    '(a)\\1': 'invalid escape sequence: \\1',
    '\\Z': 'invalid escape sequence: \\Z',
    '[\\b]': 'invalid escape sequence: \\b',
    '\\é': 'invalid escape sequence: \\é',
    'a\\': 'trailing \\',
  };
  for (const [pattern, fault] of Object.entries(faults)) t.equal(regexFault(pattern), fault, pattern);
  t.end();
});

t.test('what RE2 takes passes', (t) => {
  const valid = [
    '',
    'a',
    '/api/v[0-9]+/.*',
    '(?i)a(?-i:b)',
    '(?P<name>\\w+)(?<other>x)',
    '(?<é>a)',
    'a{2,3}?',
    'a{,3}',
    '{',
    ']',
    '}',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[-a]',
    '[[:alpha:]_]',
    '[^?:-[:alpha:]',
    '\\Q(*\\E',
    '\\Q[',
    '\\pL\\p{Greek}\\x{10FFFF}\\x41',
    '\\12\\07',
    '\\_\\-\\/',
    '(?)',
    'a(?i)*',
    'a*(?i)*',
    '^*',
    '(|a)*',
    '\\C\\z\\A\\b\\B',
  ];
  for (const pattern of valid) t.equal(regexFault(pattern), null, pattern);
  t.end();
});

t.test('the text that every match begins with', (t) => {
  const prefixes: Record<string, string> = {
    '/users/[0-9]+': '/users/',
    '^/a\\.b\\/c$': '/a.b/c',
    '/ab*': '/a',
    '/ab?c': '/a',
    '/ab{0,2}': '/a',
    '/ab+c': '/a',
    '/a+(?i)*': '/',
    '/a(?i)*': '/',
    '/a|/b': '',
    '/(a|b)': '/',
    '/[|]x': '/',
    '(?i)/a': '',
    '/\\d': '/',
    '/a\\Qb\\E': '',
    '/é日*': '/é',
    '.*': '',
    '': '',
    '/plain': '/plain',
  };
  for (const [pattern, prefix] of Object.entries(prefixes)) t.equal(literalPrefix(pattern), prefix, pattern);
  t.end();
});
