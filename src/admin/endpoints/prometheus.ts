import { prometheusText } from '../../stats/prometheus.ts';
import { type Handler, text } from '../reply.ts';
import { BUCKETS_USAGE, selectionOf } from './stats.ts';

export const handle: Handler = (context, query) => {
  const selection = selectionOf(query);
  if ('status' in selection) return selection;
  const buckets = query.get('histogram_buckets') ?? 'cumulative';
  if (!['', 'cumulative', 'summary', 'none'].includes(buckets)) {
    const known = ['disjoint', 'detailed', 'prometheusnative'].includes(buckets);
    return text(known ? 'unsupported prometheus histogram bucket mode' : BUCKETS_USAGE, 400);
  }
  return text(
    prometheusText(context.stats, {
      selection,
      names: context.metricNames,
      textReadouts: query.has('text_readouts'),
      histograms: buckets === 'summary' ? 'summary' : 'buckets',
      bounds: (name) => context.histogramBounds(name),
    }),
  );
};
