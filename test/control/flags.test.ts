import t from 'tap';
import { type Options, parseFlags } from '../../src/flags.ts';
import { helpText } from '../../src/flags_help.ts';
import { FLAGS } from '../../src/flags_table.ts';

function run(...argv: string[]): Options {
  const parsed = parseFlags(argv);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function error(...argv: string[]): string {
  const parsed = parseFlags(argv);
  if (parsed.kind !== 'error') throw new Error(`accepted: ${argv.join(' ')}`);
  return parsed.message;
}

t.test('defaults are those of Envoy', (t) => {
  const o = run('-c', 'x.yaml');
  t.match(o, {
    configPath: 'x.yaml',
    mode: 'serve',
    concurrency: undefined,
    logLevel: 'info',
    drainTimeS: 600,
    stopDrainTimeS: 5,
    parentShutdownTimeS: 900,
    localAddressIpVersion: 'v4',
    fileFlushIntervalMsec: 10_000,
  });
  t.end();
});

t.test('long, short and = forms', (t) => {
  const o = run(
    '--config-path',
    'a',
    '-l',
    'warn',
    '--concurrency=3',
    '--drain-time-s',
    '9',
    '--mode',
    'validate',
  );
  t.match(o, {
    configPath: 'a',
    logLevel: 'warning',
    concurrency: 3,
    drainTimeS: 9,
    stopDrainTimeS: 9,
    mode: 'validate',
  });
  t.equal(run('-c', '-').configPath, '-');
  t.equal(run('-c', 'a', '--concurrency', '0').concurrency, 1);
  t.equal(run('-c', 'a', '--', '--nonsense').configPath, 'a', 'everything after -- is ignored');
  t.end();
});

t.test('component levels, tags and DNS hosts', (t) => {
  const o = run(
    '-c',
    'a',
    '--component-log-level',
    'upstream:debug,config:trace',
    '--stats-tag',
    'a:b',
    '--stats-tag',
    'c:d:e',
    '--dns-host',
    'Db=127.0.0.1,::1',
  );
  t.same(
    [...o.componentLevels],
    [
      ['upstream', 'debug'],
      ['config', 'trace'],
    ],
  );
  t.same(
    [...o.statsTags],
    [
      ['a', 'b'],
      ['c', 'd:e'],
    ],
  );
  t.same(o.dnsHosts, { db: ['127.0.0.1', '::1'] });
  t.end();
});

t.test('what is wrong is named, with the nearest right name', (t) => {
  t.match(
    error('-c', 'a', '--restart-epoh', '3'),
    "unknown flag '--restart-epoh'; did you mean '--restart-epoch'?",
  );
  t.match(error('-c', 'a', '--mode', 'valdate'), "did you mean 'validate'?");
  t.match(error('-c', 'a', '-l', 'infoo'), "did you mean 'info'?");
  t.match(error('-c', 'a', '--concurrency', 'x'), 'not a whole number');
  t.match(error('-c', 'a', '--concurrency', '4294967296'), 'not a whole number');
  t.match(error('-c', 'a', '-c', 'b'), 'given twice');
  t.match(error('a.yaml'), '-c FILE');
  t.match(error('-c'), 'needs a value');
  t.match(error('--version=1'), 'takes no value');
  t.match(error(), '--config-path (-c) and --config-yaml');
  t.match(error('-c', 'a', '--component-log-level', 'nope:debug'), "invalid component 'nope'");
  t.match(error('-c', 'a', '--component-log-level', 'main'), 'component:level');
  t.match(error('-c', 'a', '--component-log-level', 'main:loud'), "invalid log level 'loud'");
  t.match(error('-c', 'a', '--stats-tag', 'a.b:c'), 'not alphanumeric');
  t.match(error('-c', 'a', '--stats-tag', 'a:b', '--stats-tag', 'a:c'), "two values for the tag 'a'");
  t.match(error('-c', 'a', '--dns-host', 'x'), 'NAME=ADDRESS');
  t.match(error('-c', 'a', '--restart-epoch', '1', '--use-dynamic-base-id'), 'cannot be used with');
  t.match(error('-c', 'a', '--restart-epoch', '1', '--disable-hot-restart'), 'cannot be used with');
  t.match(error('-c', 'a', '--socket-mode', '9'), 'is not an octal file mode');
  t.equal(run('-c', 'a', '--restart-epoch', '0').configPath, 'a');
  t.match(
    error('-c', 'a', '--reject-unknown-dynamic-fields', '--ignore-unknown-dynamic-fields'),
    'exclude each other',
  );
  t.end();
});

t.test('every refused flag is refused by name with its reason, every other is accepted', (t) => {
  for (const flag of FLAGS) {
    if (flag.name === 'help' || flag.name === 'version' || flag.name === 'hot-restart-version') continue;
    if (flag.name === 'config-path') continue;
    const texts: { readonly [name: string]: string } = { 'dns-host': 'a=::1', 'socket-mode': '660' };
    const value = flag.choices?.[0] ?? (flag.value === 'uint32' ? '0' : (texts[flag.name] ?? 'main:info'));
    const parsed = parseFlags(['-c', 'a', `--${flag.name}`, ...(flag.value === undefined ? [] : [value])]);
    if (flag.status.kind === 'refused') {
      t.equal(
        parsed.kind === 'error' && parsed.message,
        `--${flag.name} is not supported: ${flag.status.reason}`,
      );
    } else {
      t.equal(parsed.kind, 'run', flag.name);
    }
  }
  t.end();
});

t.test('questions about the program itself', (t) => {
  for (const [flag, kind] of [
    ['--help', 'help'],
    ['-h', 'help'],
    ['--version', 'version'],
    ['--hot-restart-version', 'hot-restart-version'],
  ] as const) {
    t.equal(parseFlags([flag]).kind, kind);
  }
  const help = helpText();
  for (const flag of FLAGS) t.ok(help.includes(`--${flag.name}`), `help names --${flag.name}`);
  t.ok(help.startsWith('\nUSAGE: \n\n   attache  ['));
  t.notOk(
    help.split('\n').some((line) => line.length > 80),
    'no line is longer than 80 columns',
  );
  t.end();
});
