import { type Handler, text } from '../reply.ts';

const USAGE =
  'usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN\n' +
  '       or send the parameters as form values\n' +
  'use an empty value to remove a previously added override';

export const handle: Handler = (_context, query) =>
  query.entries().length === 0 ? text(USAGE, 400) : text('No admin layer specified', 503);
