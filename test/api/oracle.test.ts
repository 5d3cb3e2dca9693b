// What the real Envoy thinks of the same files: of upgraded v2 ones, and of ones that break a rule.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { type Diagnostic, Diagnostics, formatPath } from '../../src/api/diagnostics.ts';
import { decodeJson } from '../../src/api/json_decode.ts';
import { parseText } from '../../src/api/text.ts';
import { upgrade } from '../../src/api/upgrade.ts';
import { validate } from '../../src/api/validate.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const binary = envoyBinary();
const pool = DescriptorPool.load();

/** The upgraded value of a text and the errors in it. */
function read(text: string): { value: unknown; errors: Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const value = upgrade(BOOTSTRAP, parseText(text, 'a.yaml', diagnostics), { pool, diagnostics });
  validate(pool, decodeJson(pool, BOOTSTRAP, value, { diagnostics }), [], diagnostics);
  return { value, errors: diagnostics.list.filter((d) => d.severity === 'error') };
}

/** Whether Envoy takes a file, and what it says. */
function ask(file: string): { ok: boolean; said: string } {
  const args = ['--mode', 'validate', '-c', file, '-l', 'critical', '--disable-hot-restart'];
  const { status, stdout, stderr } = spawnSync(binary ?? '', args, { encoding: 'utf8' });
  return { ok: status === 0, said: stdout + stderr };
}

const described = (errors: Diagnostic[]): string =>
  errors.map((d) => `${formatPath(d.path)}: ${d.message}`).join('\n');

t.test('Envoy takes what v2 files become', { skip: binary === undefined && 'no Envoy here' }, async (t) => {
  const folder = t.testdir();
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  const subject = ['-nodes', '-subj', '/CN=x', '-days', '2', '-newkey', 'rsa:2048'];
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  const fixture = readFileSync(new URL('fixtures/v2.yaml', import.meta.url), 'utf8');
  const example = readFileSync(new URL('../../examples/httpbin.yaml', import.meta.url), 'utf8');
  for (const text of [fixture.replaceAll('CERTIFICATE', certificate).replaceAll('KEY', key), example]) {
    const { value, errors } = read(text);
    t.equal(described(errors), '');
    const file = join(folder, 'upgraded.json');
    writeFileSync(file, JSON.stringify(value));
    const { ok, said } = ask(file);
    t.ok(ok, said);
    writeFileSync(join(folder, 'v2.yaml'), text);
    t.notOk(ask(join(folder, 'v2.yaml')).ok, 'which it refuses itself');
  }
});

/** A valid file, with a place to break in each part. */
type Parts = Partial<Record<'route' | 'host' | 'hcm' | 'cluster' | 'listener' | 'top', string>>;
const file = (parts: Parts): string => `
static_resources:
  listeners:
  - name: l
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    ${parts.listener ?? ''}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: x
          ${parts.hcm ?? ''}
          route_config:
            virtual_hosts:
            - name: v
              domains: ["*"]
              ${parts.host ?? ''}
              routes:
              - match: {prefix: "/"}
                direct_response: {status: 200}
              - ${parts.route ?? '{match: {prefix: "/x"}, direct_response: {status: 200}}'}
          http_filters:
          - name: r
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - name: c
    type: STATIC
    ${parts.cluster ?? ''}
${parts.top ?? ''}
`;

const to = (action: string): Parts => ({ route: `{match: {prefix: "/x"}, ${action}}` });
const endpoints = (text: string): Parts => ({
  cluster: `load_assignment: {cluster_name: c, endpoints: [${text}]}`,
});
const address = 'endpoint: {address: {pipe: {path: /x}}}';

/** Each once as it may be and once as it may not. */
const CASES: readonly [good: Parts, bad: Parts][] = [
  [{}, { route: '{match: {prefix: "/x"}}' }],
  [to('redirect: {}'), { route: '{match: {}, redirect: {}}' }],
  [to('direct_response: {status: 599}'), to('direct_response: {status: 600}')],
  [to('direct_response: {status: 200}'), to('direct_response: {status: 199}')],
  [to('route: {cluster: c}'), to('route: {cluster: ""}')],
  [to('route: {cluster: c, prefix_rewrite: /a}'), to('route: {cluster: c, prefix_rewrite: "a\\nb"}')],
  [
    to('route: {cluster: c, host_rewrite_literal: a}'),
    to('route: {cluster: c, host_rewrite_literal: "a\\rb"}'),
  ],
  [
    to('route: {weighted_clusters: {clusters: [{name: c, weight: 1}]}}'),
    to('route: {weighted_clusters: {}}'),
  ],
  [
    to('route: {cluster: c, retry_policy: {retry_back_off: {base_interval: 1s}}}'),
    to('route: {cluster: c, retry_policy: {retry_back_off: {}}}'),
  ],
  [
    { route: '{match: {safe_regex: {regex: a}}, redirect: {}}' },
    { route: '{match: {safe_regex: {regex: ""}}, redirect: {}}' },
  ],
  [
    { route: '{match: {prefix: /, headers: [{name: a, present_match: true}]}, redirect: {}}' },
    { route: '{match: {prefix: /, headers: [{present_match: true}]}, redirect: {}}' },
  ],
  [{ host: 'response_headers_to_remove: ["a b"]' }, { host: 'response_headers_to_remove: ["a\\nb"]' }],
  [{ host: 'response_headers_to_remove: [a]' }, { host: 'response_headers_to_remove: [""]' }],
  [
    { host: 'response_headers_to_add: [{header: {key: a, value: "x\\x01y"}}]' },
    { host: 'response_headers_to_add: [{header: {key: "", value: x}}]' },
  ],
  [{ host: 'response_headers_to_add: []' }, { host: 'response_headers_to_add: [{}]' }],
  [{ hcm: 'max_request_headers_kb: 8192' }, { hcm: 'max_request_headers_kb: 8193' }],
  [{ hcm: 'max_request_headers_kb: 1' }, { hcm: 'max_request_headers_kb: 0' }],
  [{ hcm: 'codec_type: 2' }, { hcm: 'codec_type: 9' }],
  [{ hcm: 'tracing: {client_sampling: {value: 100}}' }, { hcm: 'tracing: {client_sampling: {value: 101}}' }],
  [
    { hcm: 'scheme_header_transformation: {scheme_to_overwrite: https}' },
    { hcm: 'scheme_header_transformation: {scheme_to_overwrite: ftp}' },
  ],
  [{ listener: 'listener_filters_timeout: 0s' }, { listener: 'listener_filters_timeout: -1s' }],
  [{ cluster: 'connect_timeout: 0.001s' }, { cluster: 'connect_timeout: 0s' }],
  [{ cluster: 'dns_refresh_rate: 0.0011s' }, { cluster: 'dns_refresh_rate: 0.0005s' }],
  [
    { cluster: 'circuit_breakers: {thresholds: [{priority: HIGH}]}' },
    { cluster: 'circuit_breakers: {thresholds: [{priority: 7}]}' },
  ],
  [
    { cluster: 'http2_protocol_options: {max_concurrent_streams: 1}' },
    { cluster: 'http2_protocol_options: {max_concurrent_streams: 0}' },
  ],
  [
    { cluster: 'lb_policy: LEAST_REQUEST\n    least_request_lb_config: {choice_count: 2}' },
    { cluster: 'lb_policy: LEAST_REQUEST\n    least_request_lb_config: {choice_count: 1}' },
  ],
  [endpoints(`{lb_endpoints: [{load_balancing_weight: 1, ${address}}]}`), endpoints('{priority: 200}')],
  [endpoints(''), endpoints(`{lb_endpoints: [{load_balancing_weight: 0, ${address}}]}`)],
  [{ cluster: 'load_assignment: {cluster_name: c}' }, { cluster: 'load_assignment: {endpoints: []}' }],
  [{ top: 'stats_flush_interval: 299.9s' }, { top: 'stats_flush_interval: 300s' }],
  [{ top: 'stats_flush_interval: 0.001s' }, { top: 'stats_flush_interval: 0.0001s' }],
];

t.test(
  'Envoy and attache agree on what breaks a rule',
  { skip: binary === undefined && 'no Envoy here' },
  async (t) => {
    const folder = t.testdir();
    const path = join(folder, 'case.yaml');
    for (const [good, bad] of CASES) {
      for (const [parts, valid] of [
        [good, true],
        [bad, false],
      ] as const) {
        const text = file(parts);
        writeFileSync(path, text);
        const { ok, said } = ask(path);
        const { errors } = read(text);
        const name = JSON.stringify(parts);
        t.equal(ok, valid, `Envoy: ${name} ${said}`);
        t.equal(errors.length === 0, valid, `attache: ${name} ${described(errors)}`);
      }
    }
  },
);
