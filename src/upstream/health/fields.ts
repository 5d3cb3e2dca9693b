import type { Field } from './http1_response.ts';
import type { AddedField } from './settings.ts';

/** Those that a request has once: what is appended to them follows a comma. */
const SINGLE = new Set(['user-agent', 'te', 'content-type']);

/**
 * The request's fields without those to remove, then with those to add. As with Envoy what is there already is found
 * out first, then fields are replaced, then added.
 */
export function mutateFields(
  fields: readonly Field[],
  remove: readonly string[],
  add: readonly AddedField[],
): Field[] {
  const left = fields.filter(([name]) => !remove.includes(name));
  const names = new Set(left.map(([name]) => name));
  const wanted = add.filter(
    ({ name, value, action, keepEmpty }) =>
      (value !== '' || keepEmpty) &&
      !(action === 'absent' && names.has(name)) &&
      !(action === 'exists' && !names.has(name)),
  );
  const replaces = ({ action }: AddedField): boolean => action === 'overwrite' || action === 'exists';
  let list = left;
  for (const { name, value } of wanted.filter(replaces))
    list = [...list.filter(([each]) => each !== name), [name, value]];
  for (const { name, value } of wanted.filter((each) => !replaces(each))) {
    const at = SINGLE.has(name) ? list.findIndex(([each]) => each === name) : -1;
    if (at < 0) list.push([name, value]);
    else list[at] = [name, `${list[at]?.[1]},${value}`];
  }
  return list;
}
