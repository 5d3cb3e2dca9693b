import { parseArgs } from 'node:util';
import type { Finding } from '../config/messages.ts';
import { loadCases } from './cases.ts';
import { type CaseResult, RouteCheck } from './check.ts';
import { explanation } from './explain.ts';
import { loadTables, type RouteTable } from './table.ts';

const HELP = `attache routes check FILE TESTS [options]
  Runs tests of a route table (the format of Envoy's router check tool) against the code that routes requests.
  FILE is a RouteConfiguration, or a bootstrap with a route table in it.
    -d, --details              every test, also those that pass
    --only-show-failures       no line of a test that passes (the default without --details)
    -f, --fail-under PERCENT   exit with 1 when fewer routes are reached by a test
    --covall                   coverage of everything that could be asserted of each route
    --detailed-coverage        name the routes that no test reaches
    --disable-deprecation-check
    --table NAME               of several route tables in FILE, the one to use
    --output json              results for machines

attache routes explain FILE URL [options]
  Says why a request takes its route, and what becomes of it.
    -X, --method METHOD        GET by default
    -H, --header 'NAME: VALUE' once for each
    --random N                 the random number for weights and fractions (0)
    --internal                 the request comes from inside
    --table NAME

Exit codes: 0 all is well, 1 a test failed or something could not be read.
`;

type Out = { readonly out: (text: string) => void; readonly err: (text: string) => void };

/** `attache routes …`: the exit code. */
export async function routesCommand(args: readonly string[], to: Out): Promise<number> {
  const [what, ...rest] = args;
  try {
    if (what === 'check') return await check(rest, to);
    if (what === 'explain') return await explain(rest, to);
  } catch (error) {
    // Wrong options, or a file that is not there.
    to.err(`attache routes: ${(error as Error).message}\n`);
    return 1;
  }
  const wanted = what === undefined || what === 'help' || what === '--help' || what === '-h';
  (wanted ? to.out : to.err)(wanted ? HELP : `attache routes: there is no command '${what}'\n\n${HELP}`);
  return wanted ? 0 : 1;
}

const show = (findings: readonly Finding[], to: Out): void => {
  for (const { text } of findings) to.err(`${text}\n`);
};

/** The table of that name, or the only one; undefined after saying why not. */
async function tableOf(
  file: string,
  name: string | undefined,
  skip: boolean,
  to: Out,
): Promise<RouteTable | undefined> {
  const { findings, tables } = await loadTables(file, skip);
  show(findings, to);
  if (findings.some(({ severity }) => severity === 'error')) return undefined;
  const found = name === undefined ? tables : tables.filter((table) => table.name === name);
  if (found.length === 1) return found[0];
  const names = tables.map((table) => `'${table.name}'`).join(', ') || 'none';
  to.err(
    `attache routes: ${file} has ${found.length} such route tables (${names}); --table NAME picks one\n`,
  );
  return undefined;
}

async function check(args: readonly string[], to: Out): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      details: { type: 'boolean', short: 'd' },
      'only-show-failures': { type: 'boolean' },
      'fail-under': { type: 'string', short: 'f' },
      covall: { type: 'boolean' },
      'detailed-coverage': { type: 'boolean' },
      'disable-deprecation-check': { type: 'boolean' },
      table: { type: 'string' },
      output: { type: 'string' },
    },
  });
  const [file, tests] = positionals;
  if (file === undefined || tests === undefined || positionals.length > 2)
    throw new Error('check takes a file and its tests (attache routes --help)');
  const failUnder = Number(values['fail-under'] ?? 0);
  if (!(failUnder >= 0 && failUnder <= 100)) throw new Error('--fail-under takes a percentage');
  const table = await tableOf(file, values.table, values['disable-deprecation-check'] === true, to);
  if (table === undefined) return 1;
  const { findings, cases } = await loadCases(tests);
  show(findings, to);
  if (findings.some(({ severity }) => severity === 'error')) return 1;
  const checking = new RouteCheck(table);
  const results = cases.map((each) => checking.run(each));
  const coverage = values.covall === true ? checking.wholeCoverage : checking.coverage;
  const failed = results.filter(({ mismatches }) => mismatches.length > 0);
  const low = coverage < failUnder;
  if (values.output === 'json') {
    to.out(`${JSON.stringify({ ok: failed.length === 0 && !low, coverage, tests: results }, null, 2)}\n`);
  } else {
    print(values.details === true && values['only-show-failures'] !== true ? results : failed, to);
    to.out(`Current route coverage: ${trimmed(coverage)}%\n`);
    if (values['detailed-coverage'] === true)
      for (const each of checking.missed) to.out(`Not covered: ${each}\n`);
    if (low) to.err(`Failed to meet coverage requirement: ${trimmed(failUnder)}%\n`);
  }
  return failed.length > 0 || low ? 1 : 0;
}

const trimmed = (n: number): string => String(Number(n.toPrecision(6)));

function print(results: readonly CaseResult[], to: Out): void {
  for (const { name, mismatches } of results) {
    to.out(`${name}${mismatches.length === 0 ? ': ok' : ''}\n`);
    for (const { about, expected, actual } of mismatches)
      to.out(`expected: [${expected}], actual: [${actual}], test type: ${about}\n`);
  }
}

async function explain(args: readonly string[], to: Out): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      method: { type: 'string', short: 'X', default: 'GET' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      random: { type: 'string', default: '0' },
      internal: { type: 'boolean', default: false },
      table: { type: 'string' },
    },
  });
  const [file, address] = positionals;
  if (file === undefined || address === undefined || positionals.length > 2)
    throw new Error('explain takes a file and a URL (attache routes --help)');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error(`${address} is no URL of http or https`);
  const random = Number(values.random);
  if (!Number.isSafeInteger(random) || random < 0)
    throw new Error('--random takes a whole number below 2^53');
  const table = await tableOf(file, values.table, true, to);
  if (table === undefined) return 1;
  const scheme = url.protocol.slice(0, -1);
  const path = `${url.pathname}${url.search}`;
  const headers = [
    ...[':authority', url.host, ':path', path, ':method', values.method],
    ...[':scheme', scheme, 'x-forwarded-proto', scheme],
    ...(values.internal ? ['x-envoy-internal', 'true'] : []),
    ...values.header.flatMap((line) => {
      const colon = line.indexOf(':');
      if (colon <= 0) throw new Error(`'${line}' is no header (NAME: VALUE)`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  ];
  const routed = table.route({ headers, random });
  for (const line of explanation(table, routed, path)) to.out(`${line}\n`);
  return routed.routeMessage === undefined && routed.toTls === 0 ? 1 : 0;
}
