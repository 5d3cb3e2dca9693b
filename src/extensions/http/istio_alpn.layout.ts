import { defineLayout } from '../../tables/layout/dsl.ts';

/** istio.envoy.config.filter.http.alpn.v2alpha1 */
export const layout = defineLayout({
  structs: {
    IstioAlpn: {
      extension: 'istio.alpn',
      fields: { http10: 'bytes', http11: 'bytes', http2: 'bytes' },
      doc: 'What TLS connections to hosts offer instead of their own, by the protocol that the cluster speaks: names with their lengths, as on the wire. Empty: nothing else.',
    },
  },
});
