import { harmless, implemented, type MessageOptions, type SupportRegistry } from '../../api/support.ts';

type Json = Record<string, unknown>;
const RBAC = 'envoy.config.rbac.v3';
const ANY = { any: true };
const POLICY = { permissions: [ANY], principals: [ANY] };
/** Rules of one policy that takes everything. */
export const ALL: Json = { policies: { sample: POLICY } };
const HEADER = { name: 'x-sample' };
const TEXT = { exact: 'sample' };
const RANGE = { address_prefix: '10.0.0.0', prefix_len: 8 };

/** What src/extensions/rbac/rules.ts reads; `embed`: where rules stand. */
export function declareRules(registry: SupportRegistry, embed: NonNullable<MessageOptions['embed']>): void {
  const inPolicy = (field: string): MessageOptions => ({
    embed: {
      message: `${RBAC}.Policy`,
      wrap: (json) => ({ ...POLICY, [field]: [Object.keys(json).length === 0 ? ANY : json] }),
    },
  });
  const tests = { any: harmless('true is the only value there is'), header: implemented({ sample: HEADER }) };
  const path = implemented({ sample: { path: TEXT } });
  const range = implemented({ sample: RANGE });
  registry
    .message(
      `${RBAC}.RBAC`,
      {
        action: implemented({ enum: ['ALLOW', 'DENY', 'LOG'] }),
        policies: implemented({ sample: { sample: POLICY } }),
      },
      { embed },
    )
    .message(
      `${RBAC}.Policy`,
      {
        permissions: implemented({ sample: [{ header: HEADER }] }),
        principals: implemented({ sample: [{ header: HEADER }] }),
      },
      { minimal: POLICY, embed: { message: `${RBAC}.RBAC`, wrap: (json) => ({ policies: { base: json } }) } },
    )
    .message(
      `${RBAC}.Permission`,
      {
        ...tests,
        and_rules: implemented({ sample: { rules: [ANY] } }),
        or_rules: implemented({ sample: { rules: [ANY] } }),
        not_rule: implemented({ sample: ANY }),
        url_path: path,
        destination_ip: range,
        destination_port: implemented(),
        destination_port_range: implemented({ sample: { start: 7, end: 11 } }),
        requested_server_name: implemented({ sample: TEXT }),
      },
      inPolicy('permissions'),
    )
    .message(
      `${RBAC}.Principal`,
      {
        ...tests,
        and_ids: implemented({ sample: { ids: [ANY] } }),
        or_ids: implemented({ sample: { ids: [ANY] } }),
        not_id: implemented({ sample: ANY }),
        url_path: path,
        authenticated: implemented({ sample: {} }),
        source_ip: range,
        direct_remote_ip: range,
        remote_ip: range,
      },
      inPolicy('principals'),
    )
    .message(`${RBAC}.Permission.Set`, {
      rules: implemented({ uncompiled: 'the test that it stands in tells' }),
    })
    .message(`${RBAC}.Principal.Set`, {
      ids: implemented({ uncompiled: 'the test that it stands in tells' }),
    })
    .message(
      `${RBAC}.Principal.Authenticated`,
      { principal_name: implemented({ sample: TEXT }) },
      { embed: { message: `${RBAC}.Principal`, wrap: (json) => ({ authenticated: json }) } },
    )
    .message(
      'envoy.type.matcher.v3.PathMatcher',
      { path: implemented({ sample: { exact: 'other' } }) },
      {
        minimal: { path: TEXT },
        embed: { message: `${RBAC}.Permission`, wrap: (json) => ({ url_path: json }) },
      },
    );
}
