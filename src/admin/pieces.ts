import type { ServerResponse } from 'node:http';

/** How long one answer may keep the thread before others get their turn. ms */
const TURN_MS = 3;
/** What is collected before it is written. */
const CHUNK = 64 * 1024;

/**
 * Sends bodies that are made while they are sent. However many there are and however long: only one
 * of them works at a time, for a few ms, and the event loop runs in between. A statistics page of a
 * million lines does not hold up a readiness probe.
 */
export class PieceSender {
  #last: Promise<void> = Promise.resolve();

  /** Resolves, with the number of bytes, when everything is sent, or the peer is gone. */
  async send(res: ServerResponse, pieces: Iterable<string>): Promise<number> {
    const iterator = pieces[Symbol.iterator]();
    let text = '';
    let bytes = 0;
    for (let done = false; !done; ) {
      await this.#turn(() => {
        const end = performance.now() + TURN_MS;
        while (text.length < CHUNK && performance.now() < end) {
          const next = iterator.next();
          done = next.done === true;
          if (done) break;
          text += next.value;
        }
      });
      if (res.destroyed) {
        iterator.return?.();
        return bytes;
      }
      if (text.length >= CHUNK || (done && text !== '')) {
        const chunk = text;
        text = '';
        bytes += Buffer.byteLength(chunk);
        if (!res.write(chunk)) await drained(res);
      }
    }
    return bytes;
  }

  /** Runs the work when those who came before have had their turn, and the event loop one. */
  #turn(work: () => void): Promise<void> {
    const run = this.#last.then(
      () =>
        new Promise<void>((resolve, reject) => {
          setImmediate(() => {
            try {
              work();
              resolve();
            } catch (error) {
              reject(error as Error);
            }
          });
        }),
    );
    this.#last = run.catch(() => undefined);
    return run;
  }
}

/** Resolves when the peer has taken what was written, or is gone. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      res.off('drain', go);
      res.off('close', go);
      resolve();
    };
    res.once('drain', go);
    res.once('close', go);
  });
}
