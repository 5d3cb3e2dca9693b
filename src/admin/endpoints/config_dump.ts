import type { AdminContext } from '../context.ts';
import { anyText } from '../dump/json_text.ts';
import { applyMask, parseMask } from '../dump/mask.ts';
import type { JsonObject } from '../dump/proto.ts';
import { type Item, type ItemList, type Section, sections } from '../dump/sections.ts';
import { compile } from '../pattern.ts';
import type { Query } from '../query.ts';
import { type Handler, JSON_TYPE, type Reply } from '../reply.ts';

const PACKAGE = 'envoy.admin.v3';
const refuse = (status: number, body: string): Reply => ({ status, type: 'text/plain', body });
const dump = (body: Iterable<string>): Reply => ({ status: 200, type: JSON_TYPE, body });

type Options = {
  readonly mask: readonly string[][];
  readonly maskText: string;
  readonly wanted: (name: string) => boolean;
};

function* chosen(list: ItemList, wanted: (name: string) => boolean): Generator<Item> {
  for (const item of list.items()) if (item.name === undefined || wanted(item.name)) yield item;
}

/** One section, an element of a list at a time. */
function* sectionText({ type, fields, lists, text }: Section, options: Options): Generator<string> {
  if (text !== undefined) {
    yield* text();
    return;
  }
  const head = { '@type': `type.googleapis.com/${PACKAGE}.${type}`, ...fields() };
  // Without the line's end and the brace.
  yield `  ${anyText(2, head).slice(0, -4)}`;
  for (const list of lists) {
    let first = true;
    for (const item of chosen(list, options.wanted)) {
      yield `${first ? `,\n   "${list.field}": [\n` : ',\n'}    ${anyText(4, item.json(options.wanted))}`;
      first = false;
    }
    if (!first) yield '\n   ]';
  }
  yield '\n  }';
}

function* wholeText(all: readonly Section[], options: Options): Generator<string> {
  yield '{\n "configs": [\n';
  for (const [i, section] of all.entries()) {
    if (i > 0) yield ',\n';
    yield* sectionText(section, options);
  }
  yield '\n ]\n}\n';
}

/** The elements of one list, each as a configuration of its own. */
function* listText(section: Section, list: ItemList, { wanted, mask }: Options): Generator<string> {
  const type = `${PACKAGE}.${section.type}.${list.element}`;
  let first = true;
  for (const item of chosen(list, wanted)) {
    const json = { '@type': `type.googleapis.com/${type}`, ...item.json(wanted) };
    const shown = mask.length === 0 ? json : (applyMask(type, json, mask) ?? {});
    yield `${first ? '{\n "configs": [\n' : ',\n'}  ${anyText(2, shown)}`;
    first = false;
  }
  yield first ? '{}\n' : '\n ]\n}\n';
}

function resource(all: readonly Section[], name: string, options: Options): Reply {
  for (const section of all) {
    const list = section.lists.find(({ field }) => field === name);
    if (list !== undefined) {
      const refused = badMask(section, list, options);
      return refused ?? dump(listText(section, list, options));
    }
    if (name in section.fields())
      return refuse(400, `${name} is not a repeated field. Use ?mask=${name} to get only this field`);
  }
  return refuse(404, `${name} not found in config dump`);
}

/** A mask is judged by the first element it is for. */
function badMask(section: Section, list: ItemList, { mask, wanted }: Options): Reply | undefined {
  if (mask.length === 0) return undefined;
  const [first] = chosen(list, wanted);
  if (first === undefined) return undefined;
  const type = `${PACKAGE}.${section.type}.${list.element}`;
  if (applyMask(type, first.json(wanted), mask) !== undefined) return undefined;
  const paths = mask.map((path) => `paths: "${path.join('.')}"\n`).join('');
  return refuse(400, `FieldMask ${paths} could not be successfully used.`);
}

/** Sections that the mask fits, without the rest of their fields. */
function masked(all: readonly Section[], options: Options): Reply {
  const shown: JsonObject[] = [];
  for (const { type, fields, lists } of all) {
    const json: JsonObject = { '@type': `type.googleapis.com/${PACKAGE}.${type}`, ...fields() };
    for (const list of lists) {
      if (!options.mask.some(([name]) => name === list.field)) continue;
      const items = [...chosen(list, options.wanted)].map((item) => item.json(options.wanted));
      if (items.length > 0) json[list.field] = items;
    }
    const part = applyMask(`${PACKAGE}.${type}`, json, options.mask);
    if (part !== undefined) shown.push(part);
  }
  if (shown.length === 0) {
    return refuse(400, `FieldMask ${options.maskText} could not be successfully applied to any configs.`);
  }
  return dump([`${JSON.stringify({ configs: shown }, null, 1)}\n`]);
}

function optionsOf(query: Query): Options | Reply {
  const maskText = query.get('mask') ?? '';
  const mask = parseMask(maskText);
  const source = query.get('name_regex') ?? '';
  if (source === '') return { mask, maskText, wanted: () => true };
  const pattern = compile(source, true);
  if ('error' in pattern) {
    const reason = `INVALID_ARGUMENT: Error while parsing name_regex from ${source}: ${pattern.error}`;
    return refuse(400, reason);
  }
  return { mask, maskText, wanted: pattern.test };
}

/** The configuration in use, resource by resource, in the shape of envoy.admin.v3.ConfigDump. */
export const handle: Handler = (context: AdminContext, query) => {
  const options = optionsOf(query);
  if ('status' in options) return options;
  const all = sections(context, query.has('include_eds'));
  const name = query.get('resource') ?? '';
  if (name !== '') return resource(all, name, options);
  return options.mask.length > 0 ? masked(all, options) : dump(wholeText(all, options));
};
