import t from 'tap';
import { Origins } from '../../src/api/origins.ts';
import { mergeOver } from '../../src/config/merge.ts';

t.test('merges as protobuf does, and remembers where things came from', (t) => {
  const origins = new Origins();
  const base = {
    node: { id: 'a', cluster: 'c' },
    static_resources: { clusters: [{ name: 'one' }], listeners: { name: 'l' } },
    admin: { accessLogPath: '/x' },
    any: { '@type': 't', a: 1, b: 2 },
  };
  const over = {
    node: { id: 'b', locality: { zone: 'z' } },
    staticResources: { clusters: [{ name: 'two' }, { name: 'three' }], listeners: [{ name: 'm' }] },
    admin: { access_log_path: '/y' },
    any: { '@type': 't', c: 3 },
    flags_path: '/f',
  };
  const before = JSON.stringify([base, over]);
  const merged = mergeOver(base, over, origins, '<config-yaml>');
  t.same(merged, {
    node: { id: 'b', cluster: 'c', locality: { zone: 'z' } },
    static_resources: {
      clusters: [{ name: 'one' }, { name: 'two' }, { name: 'three' }],
      listeners: [{ name: 'l' }, { name: 'm' }],
    },
    admin: { accessLogPath: '/y' },
    any: { '@type': 't', c: 3 },
    flags_path: '/f',
  });
  t.equal(JSON.stringify([base, over]), before, 'the inputs stay as they are');

  const place = (...path: (string | number)[]) => origins.resolve(merged, path, 'file');
  t.same(place('node', 'cluster'), { file: 'file', path: ['node', 'cluster'] });
  t.same(place('node', 'id'), { file: '<config-yaml>', path: ['node', 'id'] });
  t.same(place('node', 'locality', 'zone'), { file: '<config-yaml>', path: ['node', 'locality', 'zone'] });
  t.same(place('static_resources', 'clusters', 0, 'name'), {
    file: 'file',
    path: ['static_resources', 'clusters', 0, 'name'],
  });
  t.same(place('static_resources', 'clusters', 2, 'name'), {
    file: '<config-yaml>',
    path: ['staticResources', 'clusters', 1, 'name'],
  });
  t.same(place('static_resources', 'listeners', 1, 'name'), {
    file: '<config-yaml>',
    path: ['staticResources', 'listeners', 0, 'name'],
  });
  t.same(place('admin', 'access_log_path'), { file: '<config-yaml>', path: ['admin', 'access_log_path'] });
  t.same(place('any', 'c'), { file: '<config-yaml>', path: ['any', 'c'] });
  t.same(place('flags_path'), { file: '<config-yaml>', path: ['flags_path'] });
  t.end();
});

t.test('over nothing', (t) => {
  t.same(mergeOver({}, { a: 1 }, new Origins(), 'y'), { a: 1 });
  t.same(mergeOver({ list: [1] }, { list: 2 }, new Origins(), 'y'), { list: [1, 2] });
  t.end();
});
