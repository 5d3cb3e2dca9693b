import { type Handler, json } from '../reply.ts';

/** Each key with its value in every layer, and the one that holds: of the last layer that has it. */
export const handle: Handler = ({ runtime }) => {
  const keys = new Set(runtime.flatMap(({ values }) => Object.keys(values)));
  const entries = [...keys].sort().map((key) => {
    const layer_values = runtime.map(({ values }) => values[key] ?? '');
    const final_value = layer_values.findLast((value) => value !== '') ?? '';
    return [key, { layer_values, final_value }];
  });
  return json({ entries: Object.fromEntries(entries), layers: runtime.map(({ name }) => name) });
};
