import { implemented } from '../../api/support.ts';
import type { FieldValue } from '../../api/message.ts';
import { messages, number, texts } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig';
/** In the order of their numbers. */
const PROTOCOLS = ['HTTP10', 'HTTP11', 'HTTP2'];
/** What one byte tells the length of (RFC 7301 section 3.1). */
const LONGEST = 255;

/** One text may name several, as in Envoy. */
const namesIn = (texts: readonly string[]): Buffer[] =>
  texts.flatMap((text) => text.split(',').map((name) => Buffer.from(name)));

const offerable = (value: FieldValue): string | undefined =>
  namesIn(value as readonly string[]).every(({ length }) => length > 0 && length <= LONGEST)
    ? undefined
    : `the name of a protocol that is empty or longer than ${LONGEST} bytes`;

/** Names with their lengths, as TLS has them on the wire. */
const onWire = (names: readonly Buffer[]): Buffer =>
  Buffer.concat(names.flatMap((name) => [Buffer.of(name.length), name]));

/** istio.alpn: what TLS connections to hosts offer is by the protocol, so that peers in a mesh know each other. */
export const istioAlpn: Extension = {
  name: 'istio.alpn',
  category: 'envoy.filters.http',
  type: TYPE,
  declare: (registry) => {
    registry
      .message(TYPE, {
        alpn_override: implemented({ sample: [{ upstream_protocol: 'HTTP11', alpn_override: ['istio'] }] }),
      })
      .message(
        `${TYPE}.AlpnOverride`,
        {
          upstream_protocol: implemented({ enum: PROTOCOLS }),
          alpn_override: implemented({ sample: ['istio'], only: offerable }),
        },
        { minimal: { alpn_override: ['base'] } },
      );
  },
  compile: (config) => {
    const overrides = messages(config, 'alpn_override');
    // The first one of a protocol counts.
    const [http10, http11, http2] = PROTOCOLS.map((_, protocol) => {
      const found = overrides.find((each) => number(each, 'upstream_protocol') === protocol);
      return onWire(namesIn(found === undefined ? [] : texts(found, 'alpn_override')));
    });
    return { struct: 'IstioAlpn', value: { http10, http11, http2 } };
  },
};
