import type { Field } from './http1_response.ts';
import type { AddedField } from './settings.ts';

/** Those that a request has once: what is appended to them follows a comma. */
const SINGLE = new Set(['user-agent', 'te', 'content-type']);

/** The request's fields without those to remove, then with those to add, as for requests of routes. */
export function mutateFields(
  fields: readonly Field[],
  remove: readonly string[],
  add: readonly AddedField[],
): Field[] {
  const left = fields.filter(([name]) => !remove.includes(name));
  for (const { name, value, action, keepEmpty } of add) {
    if (value === '' && !keepEmpty) continue;
    const at = left.findIndex(([each]) => each === name);
    if (at < 0) {
      if (action !== 'exists') left.push([name, value]);
    } else if (action === 'append') {
      if (SINGLE.has(name)) left[at] = [name, `${left[at]?.[1]},${value}`];
      else left.push([name, value]);
    } else if (action !== 'absent') {
      const others = left.filter(([each]) => each !== name);
      left.splice(0, left.length, ...others, [name, value]);
    }
  }
  return left;
}
