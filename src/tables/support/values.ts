import type { FieldValue, Message } from '../../api/message.ts';
import { ANY_TYPE, typeNameOf } from '../../api/message.ts';

/** For `only` and samples of declarations. */
type Json = Record<string, unknown>;
type Only = (value: FieldValue) => string | undefined;

/** An address (envoy.config.core.v3.Address) as JSON. */
export const address = (port: number): Json => ({
  socket_address: { address: '127.0.0.1', port_value: port },
});

/** A google.protobuf.BoolValue that may say what is done anyway; `what` names the other. */
export const onlyFlag =
  (flag: boolean, what: string): Only =>
  (value) => {
    const set = typeof value === 'boolean' ? value : (value as Message).value === true;
    return set === flag ? undefined : what;
  };

/** A message with a typed_config that may be of one type; `what` names all others. */
export const onlyType =
  (type: string, what: string): Only =>
  (value) => {
    const any = (value as Message).typed_config as Message | undefined;
    const url = any?.$type === ANY_TYPE ? any.type_url : undefined;
    return typeof url === 'string' && typeNameOf(url) === type ? undefined : what;
  };

/** Where the generated cases put a network filter that cannot be the last one of its chain. */
export const beforeLast = (type: string) => ({
  message: 'envoy.config.listener.v3.Listener',
  wrap: (json: Json): Json => {
    const filter = (of: string, fields: Json = {}): Json => ({
      name: of,
      typed_config: { '@type': `type.googleapis.com/${of}`, ...fields },
    });
    const last = filter('envoy.extensions.filters.network.echo.v3.Echo');
    return { name: 'base', address: address(7000), filter_chains: [{ filters: [filter(type, json), last] }] };
  },
});
