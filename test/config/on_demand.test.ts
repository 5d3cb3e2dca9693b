/** Names that requests wait for. */
import t from 'tap';
import { AskedNames } from '../../src/config/on_demand.ts';

/** A subscription that keeps what it is told. */
function channel() {
  const held = new Set<string>();
  const said: string[] = [];
  return {
    held,
    said,
    add: (names: Iterable<string>) => {
      for (const name of names) {
        held.add(name);
        said.push(`+${name}`);
      }
    },
    remove: (names: Iterable<string>) => {
      for (const name of names) if (held.delete(name)) said.push(`-${name}`);
    },
  };
}

t.test('many wait for one name, which is asked for once', (t) => {
  const own = channel();
  const asked = new AskedNames(own);
  const done: string[] = [];
  for (const who of ['a', 'b']) asked.wait('x', () => done.push(who));
  t.same(own.said, ['+x']);
  t.same(done, []);
  asked.settle('y');
  asked.settle('x');
  t.same(done, ['a', 'b']);
  asked.settle('x');
  t.same(done, ['a', 'b'], 'each is told once');
  t.same([...own.held], ['x'], 'what was answered stays subscribed to');
  t.end();
});

t.test('what is given up is asked for anew', (t) => {
  const own = channel();
  const asked = new AskedNames(own);
  let done = 0;
  const count = (): void => void done++;
  asked.wait('x', count);
  asked.giveUp('x');
  t.equal(done, 1);
  asked.wait('x', count);
  t.same(own.said, ['+x', '-x', '+x']);
  asked.stop();
  t.equal(done, 2);
  t.end();
});

t.test('the oldest goes when clients ask for too many', (t) => {
  const own = channel();
  const asked = new AskedNames(own, 3);
  const done: string[] = [];
  for (let i = 0; i < 10; i++) asked.wait(`n${i}`, () => done.push(`n${i}`));
  t.same([...own.held], ['n7', 'n8', 'n9']);
  t.equal(done.length, 7);
  t.equal(asked.size, 3);
  // Who is told may ask again at once.
  asked.wait('n7', () => asked.wait('n7', () => done.push('again')));
  asked.settle('n7');
  t.ok(asked.has('n7'));
  asked.settle('n7');
  t.equal(done.at(-1), 'again');
  t.end();
});
