import fc from 'fast-check';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { formatAddCheckpoint } from '../../src/witness/index.ts';
import { entries, Tree } from './logs.ts';
import { ask, log, ORIGIN, reopen, type Started, send, start } from './started.ts';

/** Three histories: two part after a while, one has nothing in common. */
const tree = new Tree(entries(40));
const fork = new Tree([...entries(12), ...entries(28, 'other')]);
const WORLDS = [tree, fork, new Tree(entries(40, 'third'))] as const;

const step = fc.record({
  world: fc.constantFrom(...WORLDS),
  old: fc.option(fc.nat(40), { nil: undefined }),
  size: fc.nat(40),
  proofOf: fc.option(fc.constantFrom(...WORLDS), { nil: undefined }),
  /** Does it go on from what was cosigned, as far as it can? */
  goesOn: fc.integer({ min: 0, max: 3 }),
  noise: fc.integer({ min: 0, max: 9 }),
  together: fc.boolean(),
  restart: fc.integer({ min: 0, max: 9 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Asks in any order, and remembers all that was cosigned. */
class Liar {
  readonly cosigned: { readonly size: number; readonly world: Tree }[] = [];
  #started: Started;
  #running: Promise<void>[] = [];

  constructor(started: Started) {
    this.#started = started;
  }

  async take(one: Step): Promise<void> {
    this.#running.push(this.#ask(one));
    if (one.together) return;
    await this.settled();
    // A stop forgets all that was not durable.
    if (one.restart === 0) this.#started = await reopen(this.#started.disk.crash());
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running.splice(0));
  }

  async #ask({ world, old, size: any, proofOf, goesOn, noise }: Step): Promise<void> {
    const held = Math.max(0, ...this.cosigned.map((one) => one.size));
    const from = goesOn > 0 ? held : (old ?? held);
    const size = goesOn > 0 ? Math.min(40, held + (any % 6)) : any;
    const prover = goesOn > 0 ? world : proofOf;
    const proof = noise === 0 ? [Buffer.alloc(32, size)] : (prover?.proof(from, size) ?? []);
    const body = formatAddCheckpoint(from, proof, world.note(log, ORIGIN, size));
    const { status } = await send(this.#started.witness, body);
    if (status === 200) this.cosigned.push({ size, world });
  }
}

verifies(
  'witness:never-two',
  async () => {
    let cosigned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const liar = new Liar(await start());
        for (const one of steps) await liar.take(one);
        await liar.settled();
        cosigned += liar.cosigned.length;
        // Each tree that was cosigned begins with each smaller one.
        for (const small of liar.cosigned)
          for (const large of liar.cosigned)
            if (small.size <= large.size)
              expect(hex(large.world.root(small.size))).toBe(hex(small.world.root(small.size)));
      }),
      { numRuns: 300 },
    );
    // A witness that refuses everything would pass, too.
    expect(cosigned).toBeGreaterThan(300);
  },
  { case: 'any sizes, proofs and forks, at once or in turn, with stops', timeoutMs: 120_000 },
);

verifies(
  'witness:never-two',
  async () => {
    // Each call on the disk fails once; whatever was cosigned must be there after a stop.
    for (let nth = 0; nth < 12; nth++) {
      const { witness, disk } = await start();
      expect(await ask(witness, tree, 0, 10)).toMatchObject({ status: 200 });
      let calls = 0;
      disk.onCall = () => {
        if (calls++ === nth) throw new Error('EIO');
      };
      const { status } = await ask(witness, tree, 10, 20);
      disk.onCall = () => undefined;
      // After a failure it signs nothing more: it cannot know what it holds.
      const next = await ask(witness, tree, status === 200 ? 20 : 10, 30);
      expect(next.status).toBe(status === 200 ? 200 : 503);
      const again = await reopen(disk.crash());
      const held = Number((await ask(again.witness, tree, 39, 40)).body);
      expect(held).toBeGreaterThanOrEqual(status === 200 ? 30 : 10);
    }
  },
  { case: 'a disk that fails' },
);
