import { implemented } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import type { ExtensionInput } from '../../tables/generated/layout.ts';
import { child, flag, wrappedNumber } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.http.buffer.v3';
const MINIMAL = { max_request_bytes: 1000 };

const struct = (config: Message | undefined, disabled = false): ExtensionInput => ({
  struct: 'BufferFilter',
  value: {
    max_request_bytes: config === undefined ? 0 : wrappedNumber(config, 'max_request_bytes', 0),
    disabled,
  },
});

/** envoy.filters.http.buffer: passes on requests when all of them is here. */
export const buffer: Extension = {
  name: 'envoy.filters.http.buffer',
  category: 'envoy.filters.http',
  type: `${PACKAGE}.Buffer`,
  aliases: ['envoy.buffer'],
  declare: (registry) => {
    registry
      .message(`${PACKAGE}.Buffer`, { max_request_bytes: implemented() }, { minimal: MINIMAL })
      .message(
        `${PACKAGE}.BufferPerRoute`,
        { disabled: implemented(), buffer: implemented() },
        { minimal: { buffer: MINIMAL } },
      );
  },
  compile: (config) => struct(config),
  perRoute: {
    type: `${PACKAGE}.BufferPerRoute`,
    compile: (config) => struct(child(config, 'buffer'), flag(config, 'disabled')),
  },
};
