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
