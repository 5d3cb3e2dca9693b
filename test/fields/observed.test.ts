/**
 * Every implemented field of the support registry is observed by a case of test/fields, or by another
 * test that says so (`// observes: package.Message: field field`). What is harmless has its reason in
 * the registry.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { supportRegistry } from '../../src/tables/support/registry.ts';
import { folder, root } from '../e2e/support.ts';
import { accessLogs } from './access_log.ts';
import { clusters } from './cluster.ts';
import { cors } from './cors.ts';
import { discovery } from './discovery.ts';
import { dns } from './dns.ts';
import { faults } from './fault.ts';
import { httpFilters } from './filters.ts';
import { grpcFilters } from './grpc_filters.ts';
import { healthChecks } from './health_checks.ts';
import { http2 } from './http2.ts';
import { listeners } from './listener.ts';
import { managers } from './manager.ts';
import { route } from './route.ts';
import { exclusion, inclusion, overload, rejection } from './stats.ts';
import { type Family, of, unknownFields } from './support.ts';
import { tls } from './tls.ts';

const families: readonly Family[] = [
  route,
  managers,
  listeners,
  clusters,
  accessLogs,
  exclusion,
  inclusion,
  rejection,
  overload,
  tls,
  dns,
  discovery,
  httpFilters,
  grpcFilters,
  cors,
  faults,
  http2,
  healthChecks,
];
const registry = supportRegistry();
const dir = folder();
t.teardown(() => dir.remove());

function declared(): string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => readFileSync(join(root, 'test', name), 'utf8').split('\n'))
    .flatMap((line) => {
      const [, message, fields] = /^ *\/\/ observes: ([\w.]+): ([\w ]+)$/.exec(line) ?? [];
      return message === undefined || fields === undefined ? [] : of(message, fields);
    });
}

const observed = new Set([
  ...families.flatMap((family) =>
    family
      .cases(dir.path, 1, 2)
      .filter(({ todo }) => todo === undefined)
      .flatMap(({ fields }) => fields),
  ),
  ...declared(),
]);
const implemented = registry.messages.flatMap((message) =>
  [...registry.fields(message)]
    .filter(([, { kind }]) => kind === 'implemented')
    .map(([field]) => `${message}.${field}`),
);

t.test('what is observed exists and is implemented', async (t) => {
  t.strictSame(unknownFields(observed), []);
  t.strictSame(
    [...observed].filter((field) => !implemented.includes(field)),
    [],
  );
});

t.test('every implemented field is observed', async (t) => {
  t.strictSame(
    implemented.filter((field) => !observed.has(field)),
    [],
    'fields without a case',
  );
});

t.test('what is harmless says why', async (t) => {
  for (const message of registry.messages) {
    for (const [field, support] of registry.fields(message)) {
      if (support.kind === 'harmless') t.ok(support.reason.length > 0, `${message}.${field}`);
    }
  }
});
