import type { PlaneView } from '../plane_view.ts';
import { addressJson } from '../dump/address.ts';
import { type Handler, json, text } from '../reply.ts';

function listeners(plane: PlaneView): [name: string, addresses: readonly string[]][] {
  const { listenerManager } = plane;
  return [...listenerManager.active().keys()].map((name) => [name, listenerManager.addresses(name)]);
}

/** Listeners that accept, with the addresses they are bound to. */
export const handle: Handler = ({ plane }, query) => {
  const all = listeners(plane);
  if (query.get('format') !== 'json') {
    return text(all.flatMap(([name, addresses]) => addresses.map((a) => `${name}::${a}\n`)).join(''));
  }
  if (all.length === 0) return json({});
  return json({
    listener_statuses: all.map(([name, [first = '', ...more]]) => ({
      name,
      local_address: addressJson(first),
      ...(more.length === 0 ? {} : { additional_local_addresses: more.map(addressJson) }),
    })),
  });
};
