import { ENDPOINTS } from '../endpoints.ts';
import { HTML, type Endpoint, type Handler } from '../reply.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; font-weight: 650; margin: 0 0 .25rem; }
p { margin: 0 0 1.5rem; opacity: .75; }
table { border-collapse: collapse; width: 100%; }
td { padding: .45rem .75rem .45rem 0; border-top: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: top; }
td:first-child { white-space: nowrap; width: 1%; padding-right: 2rem; font-family: ui-monospace, monospace; }
form { margin: 0; display: inline; }
button { font: inherit; padding: .1rem .6rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .35rem; background: none; color: inherit; cursor: pointer; }
button:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
small { opacity: .65; }
code { font-size: .95em; }`;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function row({ path, help, post, parameters = [] }: Endpoint): string {
  const target = path === '/' ? '' : path.slice(1);
  const action =
    post === true
      ? `<form action="${target}" method="post"><button>${escapeHtml(target)}</button></form>`
      : `<a href="${target}">${escapeHtml(path)}</a>`;
  const names = parameters.map(
    ({ name, help: what }) => `<code title="${escapeHtml(what)}">${escapeHtml(name)}</code>`,
  );
  const more = names.length === 0 ? '' : `<br><small>with ${names.join(', ')}</small>`;
  return `<tr><td>${action}</td><td>${escapeHtml(help)}${more}</td></tr>`;
}

/** The page with links to everything that can be looked at, and buttons for what changes something. */
export const handle: Handler = ({ state }) => ({
  status: 200,
  type: HTML,
  body: `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>attache admin</title><style>${STYLE}</style></head>
<body><h1>attache</h1><p>Admin interface. The server is ${state}.</p>
<table>
${ENDPOINTS.filter(({ path }) => path !== '/')
  .map(row)
  .join('\n')}
</table></body></html>
`,
});
