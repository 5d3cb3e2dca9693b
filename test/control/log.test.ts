import { mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { compilePattern, type LogEntry } from '../../src/log/format.ts';
import { COMPONENTS, componentNumber } from '../../src/log/levels.ts';
import { LogRoot } from '../../src/log/logger.ts';

const entry: LogEntry = {
  time: new Date(2026, 10, 3, 4, 5, 6, 7).getTime(),
  level: 3,
  component: 'upstream',
  message: 'a "b"\nc',
  file: 'native/http/x.cc',
  line: 12,
  thread: 99,
};

t.test("spdlog patterns, and Envoy's additions", (t) => {
  const cases: [string, string][] = [
    [
      '[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v',
      '[2026-11-03 04:05:06.007][99][warning][upstream] [native/http/x.cc:12] a "b"\nc',
    ],
    ['%L %s %@ %P', `W x.cc native/http/x.cc:12 ${process.pid}`],
    ['%a %A %b %B %D %I:%M:%S %p %R', 'Tue Tuesday Nov November 11/03/26 04:05:06 AM 04:05'],
    ['%_', 'a "b"\\nc'],
    ['%j', 'a \\"b\\"\\nc'],
    ['100%% %q', '100% %q'],
    ['<%10l><%-10l><%=9l><%3!l>', '<   warning><warning   >< warning ><war>'],
    ['%f %F %C', '007000 007000000 26'],
  ];
  for (const [pattern, line] of cases) t.equal(compilePattern(pattern)(entry), line, pattern);
  t.equal(compilePattern('[%g:%#]')({ ...entry, line: 0 }), '[native/http/x.cc]', 'no colon without a line');
  t.end();
});

t.test('lines go to a file, before and after pino is loaded, by level', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-log-')), 'log');
  const changed: [number, number][] = [];
  const root = new LogRoot({
    level: 'info',
    componentLevels: new Map([['dns', 'debug']]),
    format: '%l %n %v',
    path,
    onLevel: (component, level) => changed.push([component, level]),
  });
  const main = root.get('main', 'src/main.ts');
  const dns = root.get('dns', 'src/dns.ts');
  main.debug('hidden');
  main.info('one');
  dns.debug('two');
  await root.load();
  dns.trace('hidden');
  main.critical('three');
  t.equal(root.setLevel('main', 'off'), true);
  main.critical('hidden');
  t.equal(root.setLevel('nope', 'off'), false);
  t.same(changed, [[componentNumber('main'), 6]]);
  t.equal(root.setLevel(undefined, 'trace'), true);
  t.equal(changed.length, 1 + COMPONENTS.length);
  main.trace('four');
  t.equal(readFileSync(path, 'utf8'), 'info main one\ndebug dns two\ncritical main three\ntrace main four\n');

  renameSync(path, `${path}.1`);
  root.reopen();
  main.info('five');
  t.equal(readFileSync(path, 'utf8'), 'info main five\n', 'a rotated file is let go');
});

t.test('a process that ends before pino is loaded loses no line', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-log-')), 'log');
  const root = new LogRoot({ level: 'info', format: '%v', path, json: true });
  root.get('main', 'src/main.ts').error('bad');
  root.flush();
  t.match(JSON.parse(readFileSync(path, 'utf8')), {
    level: 'error',
    component: 'main',
    message: 'bad',
    pid: process.pid,
  });
  t.end();
});

t.test('JSON lines', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-log-')), 'log');
  const root = new LogRoot({ level: 'info', format: '%v', path, json: true });
  await root.load();
  root.write(entry);
  t.match(JSON.parse(readFileSync(path, 'utf8')), {
    level: 'warning',
    component: 'upstream',
    message: entry.message,
    file: 'native/http/x.cc',
    line: 12,
    time: new Date(entry.time).toISOString(),
  });
});

t.test('escaped lines stay one line', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-log-')), 'log');
  const root = new LogRoot({ level: 'info', format: '%v', path, escaped: true });
  root.get('main', '').info('a\nb\tc"\x01');
  root.flush();
  t.equal(readFileSync(path, 'utf8'), 'a\\nb\\tc\\"\\x01\n');
  t.end();
});
