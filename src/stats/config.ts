import { DEFAULT_BOUNDS } from './histogram.ts';
import { TagExtractor, type TagSpecifier } from './tags.ts';

/** A message of the configuration, read by its proto field names. */
type Msg = { readonly [field: string]: unknown };

/** How statistics are shown: envoy.config.metrics.v3.StatsConfig and the command line. */
export type StatsDisplay = {
  readonly tags: TagExtractor;
  /** Which statistics exist; undefined: all. */
  readonly allowed: ((name: string) => boolean) | undefined;
  /** Upper bounds of a histogram's buckets. */
  readonly bounds: (name: string) => readonly number[];
};

const isMsg = (value: unknown): value is Msg =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const child = (from: Msg | undefined, field: string): Msg | undefined => {
  const value = from?.[field];
  return isMsg(value) ? value : undefined;
};
const children = (from: Msg | undefined, field: string): Msg[] => {
  const value = from?.[field];
  return Array.isArray(value) ? value.filter(isMsg) : [];
};
const text = (from: Msg, field: string): string | undefined =>
  typeof from[field] === 'string' ? (from[field] as string) : undefined;

type Test = (name: string) => boolean;

/** envoy.type.matcher.v3.StringMatcher. Throws for what is none. */
function stringMatcher(matcher: Msg): Test {
  const ignoreCase = matcher.ignore_case === true;
  const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  const simple = (field: string, test: (name: string, part: string) => boolean): Test | undefined => {
    const part = text(matcher, field);
    if (part === undefined) return undefined;
    const folded = fold(part);
    return (name) => test(fold(name), folded);
  };
  const regex = child(matcher, 'safe_regex');
  if (regex !== undefined) {
    const compiled = new RegExp(`^(?:${text(regex, 'regex') ?? ''})$`);
    return (name) => compiled.test(name);
  }
  const test =
    simple('exact', (name, part) => name === part) ??
    simple('prefix', (name, part) => name.startsWith(part)) ??
    simple('suffix', (name, part) => name.endsWith(part)) ??
    simple('contains', (name, part) => name.includes(part));
  if (test === undefined) throw new Error('a string matcher without a pattern');
  return test;
}

const anyOf = (list: Msg | undefined): Test => {
  const tests = children(list, 'patterns').map(stringMatcher);
  return (name) => tests.some((test) => test(name));
};

/** envoy.config.metrics.v3.StatsMatcher */
function statsMatcher(matcher: Msg | undefined): Test | undefined {
  if (matcher === undefined) return undefined;
  if (typeof matcher.reject_all === 'boolean') return matcher.reject_all ? () => false : undefined;
  const included = child(matcher, 'inclusion_list');
  if (included !== undefined) return anyOf(included);
  const excluded = child(matcher, 'exclusion_list');
  if (excluded === undefined) return undefined;
  const test = anyOf(excluded);
  return (name) => !test(name);
}

/** envoy.config.metrics.v3.HistogramBucketSettings: the first that matches counts. */
function bucketBounds(config: Msg | undefined): StatsDisplay['bounds'] {
  const settings = children(config, 'histogram_bucket_settings').map((one) => ({
    test: stringMatcher(child(one, 'match') ?? {}),
    bounds: [...(one.buckets as number[])].sort((a, b) => a - b),
  }));
  if (settings.length === 0) return () => DEFAULT_BOUNDS;
  return (name) => settings.find(({ test }) => test(name))?.bounds ?? DEFAULT_BOUNDS;
}

/**
 * What the configuration and --stats-tag say of the showing of statistics. Throws an Error with a text
 * for users when it cannot be done.
 */
export function statsDisplay(config: unknown, flags: ReadonlyMap<string, string>): StatsDisplay {
  const own = isMsg(config) ? config : undefined;
  const specifiers = children(own, 'stats_tags').map((tag): TagSpecifier => {
    const name = text(tag, 'tag_name') ?? '';
    const fixed = text(tag, 'fixed_value');
    return fixed === undefined ? { name, regex: text(tag, 'regex') } : { name, fixed };
  });
  // A wrapper that holds false may be empty.
  const defaults = child(own, 'use_all_default_tags');
  const useDefaults = defaults === undefined || defaults.value === true;
  const fromFlags = [...flags].map(([name, fixed]): TagSpecifier => ({ name, fixed }));
  return {
    tags: new TagExtractor([...fromFlags, ...specifiers], useDefaults),
    allowed: statsMatcher(child(own, 'stats_matcher')),
    bounds: bucketBounds(own),
  };
}
