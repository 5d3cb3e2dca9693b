import { statsJson, statsText, type BucketMode, type TextOptions } from '../../stats/text.ts';
import type { Selection } from '../../stats/walk.ts';
import { compile } from '../pattern.ts';
import type { Query } from '../query.ts';
import { HTML, JSON_TYPE, type Handler, type Reply, text } from '../reply.ts';
import { handle as prometheus } from './prometheus.ts';

const TYPES = ['All', 'Counters', 'Gauges', 'Histograms', 'TextReadouts'] as const;
const FORMATS = ['html', 'active-html', 'json', 'prometheus', 'text'];
const BUCKETS = ['cumulative', 'disjoint', 'detailed', 'summary', 'none', ''];
export const BUCKETS_USAGE =
  'usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary|prometheusnative)\n';

/** `usedonly`, `filter` and `invert_filter`, or the refusal of a bad expression. */
export function selectionOf(query: Query): Selection | Reply {
  const source = query.get('filter') ?? '';
  const usedOnly = query.has('usedonly');
  if (source === '') return { usedOnly };
  const pattern = compile(source);
  if ('error' in pattern) return text(`Invalid re2 regex: ${pattern.error}`, 400);
  if (query.has('invert_filter')) return { usedOnly, matches: (name) => !pattern.test(name) };
  return { usedOnly, matches: pattern.test };
}

export const handle: Handler = (context, query) => {
  const format = query.get('format') ?? 'text';
  if (!FORMATS.includes(format)) {
    return text('usage: /stats?format=(html|active-html|json|prometheus|text)\n\n', 400);
  }
  if (format === 'prometheus') return prometheus(context, query);
  const selection = selectionOf(query);
  if ('status' in selection) return selection;
  const type = TYPES.find((name) => name === (query.get('type') ?? 'All'));
  if (type === undefined) return text('invalid &type= param', 400);
  const buckets = query.get('histogram_buckets') ?? 'none';
  if (buckets === 'prometheusnative')
    return text('Invalid histogram_buckets type for non prometheus stats type', 400);
  if (!BUCKETS.includes(buckets)) return text(BUCKETS_USAGE, 400);
  const options: TextOptions = {
    selection,
    type,
    buckets: buckets === '' ? 'none' : (buckets as BucketMode),
    bounds: (name) => context.histogramBounds(name),
  };
  if (format === 'json') return { status: 200, type: JSON_TYPE, body: statsJson(context.stats, options) };
  const body = statsText(context.stats, options);
  return format === 'text'
    ? text(body)
    : { status: 200, type: HTML, body: page(body, format === 'active-html') };
};

/** The text on a page; an active one loads itself again every few seconds. */
function* page(body: Iterable<string>, active: boolean): Generator<string, void> {
  const refresh = active ? '<meta http-equiv="refresh" content="5">' : '';
  yield `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">${refresh}<title>Statistics</title></head><body><pre>`;
  for (const piece of body) yield piece.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  yield '</pre></body></html>\n';
}
