// Figures out of rounds: medians with their intervals, a table, an SVG chart.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Binomial coefficients, as far as rounds go. */
function choose(n, k) {
  let c = 1;
  for (let i = 0; i < k; i++) c = (c * (n - i)) / (i + 1);
  return c;
}

/** The narrowest pair of order statistics that covers the median with at least 95 %; all there is below 6 values. */
export function interval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let tail = 0;
  let k = 0;
  while (k < n / 2) {
    tail += choose(n, k) / 2 ** n;
    if (1 - 2 * tail < 0.95) break;
    k++;
  }
  const at = Math.max(0, k - 1);
  return [sorted[at], sorted[n - 1 - at]];
}

export const summary = (values) => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  interval: interval(values),
});

/** Ratios round by round: what disturbs the machine disturbs both sides of a round. */
export function ratio(values, base) {
  const ratios = values.map((value, round) => value / base[round]).filter(Number.isFinite);
  return ratios.length ? summary(ratios) : undefined;
}

/** Columns aligned; the first to the left, all others to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map((cell) => String(cell ?? '')));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return [line(all[0]), widths.map((w) => '-'.repeat(w)).join('  '), ...all.slice(1).map(line)].join('\n');
}

export const fixed = (value, digits = 1) => (value === undefined ? '' : value.toFixed(digits));

const escapeXml = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const COLOURS = { attache: '#0b6e4f', floor: '#9a9a9a' };

/**
 * Horizontal bars, one group for each case, with the spread as a line.
 * groups: [{ title, unit, bars: [{ name, value, min, max }] }]
 */
export function chart(title, groups) {
  const left = 130;
  const width = 560;
  const row = 20;
  const parts = [];
  let y = 46;
  for (const { title: heading, unit, bars } of groups) {
    const top = Math.max(...bars.map((bar) => bar.max ?? bar.value));
    parts.push(
      `<text x="10" y="${y}" class="h">${escapeXml(heading)} <tspan class="u">${escapeXml(unit)}</tspan></text>`,
    );
    y += 8;
    for (const { name, value, min, max } of bars) {
      const x = (v) => left + (v / top) * width;
      parts.push(
        `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escapeXml(name)}</text>`,
        `<rect x="${left}" y="${y + 3}" width="${fixed(x(value) - left)}" height="14" fill="${COLOURS[name] ?? '#5b7fa6'}"/>`,
      );
      if (min !== undefined && max > min) {
        parts.push(
          `<path d="M${fixed(x(min))} ${y + 10}H${fixed(x(max))}" stroke="#222" stroke-width="1.5"/>`,
        );
      }
      parts.push(`<text x="${fixed(x(max ?? value) + 6)}" y="${y + 14}" class="v">${fixed(value)}</text>`);
      y += row;
    }
    y += 26;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 90}" height="${y}" font-family="sans-serif" font-size="12">
<title>${escapeXml(title)}</title>
<style>.h{font-weight:bold}.u{font-weight:normal;fill:#666}.v{fill:#333}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" font-size="15" font-weight="bold">${escapeXml(title)}</text>
${parts.join('\n')}
</svg>
`;
}
