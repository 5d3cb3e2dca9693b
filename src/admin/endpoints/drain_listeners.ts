import { DescriptorPool } from '../../api/descriptor.ts';
import { decodeWire } from '../../api/wire.ts';
import type { PlaneView } from '../plane_view.ts';
import { type Handler, ok } from '../reply.ts';

const INBOUND = 1; // envoy.config.core.v3.TrafficDirection

function inboundListeners(plane: PlaneView): string[] {
  const pool = DescriptorPool.load();
  return [...plane.listeners.entries()].flatMap(({ name, active }) => {
    if (active === undefined) return [];
    const listener = decodeWire(pool, 'envoy.config.listener.v3.Listener', active.bytes);
    return listener.traffic_direction === INBOUND ? [name] : [];
  });
}

export const handle: Handler = (context, query) => {
  context.drainListeners({
    names: query.has('inboundonly') ? inboundListeners(context.plane) : undefined,
    graceful: query.has('graceful'),
    skipExit: query.has('skip_exit'),
  });
  return ok();
};
