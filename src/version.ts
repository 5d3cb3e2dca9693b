import { readFileSync } from 'node:fs';

/** The Envoy release whose API and behaviour attache follows. */
export const ENVOY_VERSION = '1.40.0';

/** src/ and dist/ are both one level below package.json. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** In the shape of Envoy's: revision/version/state/build/TLS library. */
export const VERSION_STRING = `attache-${VERSION}/${ENVOY_VERSION}/Clean/RELEASE/OpenSSL-${process.versions.openssl}`;
