import { type Handler, text } from '../reply.ts';

/** LIVE with 200, and 503 with anything else: what readiness probes ask. */
export const handle: Handler = ({ state, healthcheckFailed }) => {
  const shown = state === 'LIVE' && healthcheckFailed ? 'DRAINING' : state;
  return text(`${shown}\n`, shown === 'LIVE' ? 200 : 503);
};
