// What is measured. `load` cases run the load generator against each peer in every round; the others
// have a module of their own and run once, or as often as they say.

export const loadCases = [
  { name: 'h1-64b', title: '64 B, 64 connections', args: ['--size', 64, '--connections', 64] },
  {
    name: 'h1-18-headers',
    title: '64 B, 18 request headers of 1.2 KB',
    args: ['--size', 64, '--connections', 64, '--browser'],
  },
  { name: 'h1-10k', title: '10 KB, 64 connections', args: ['--size', 10240, '--connections', 64] },
  { name: 'h1-100k', title: '100 KB, 64 connections', args: ['--size', 102400, '--connections', 64] },
  {
    name: 'new-conn',
    title: 'a connection for each request',
    args: ['--size', 64, '--connections', 64, '--close'],
    // It opens a connection to the origin for each of the client's: no floor for this.
    without: ['floor'],
  },
  {
    name: 'rate-2000',
    title: '2,000 requests a second, 20 connections',
    args: ['--size', 64, '--connections', 20, '--rate', 2000],
  },
  {
    name: 'json-log',
    title: '64 B, 64 connections, JSON access log',
    args: ['--size', 64, '--connections', 64],
    only: ['attache', 'attache+log'],
    base: 'attache',
  },
];

export const otherCases = [
  'tcp',
  'secure',
  'idle-conns',
  'at-rest',
  'startup',
  'clusters-10k',
  'updates',
  'xds',
  'xds-scale',
  'xds-server',
];
