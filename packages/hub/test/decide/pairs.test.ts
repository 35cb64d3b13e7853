import { LIMITS, OBSERVE } from '@spoor/core';
import { expect, test } from 'vitest';
import { Pairs } from '../../src/decide/pairs.ts';
import { sensed } from '../support/build.ts';
import { durable, setUp } from '../support/decisions.ts';

const pair = 'ab'.repeat(16);

test('an end finds the newest open call of its session, server, tool and pair, once', () => {
  const { connect } = setUp(OBSERVE, durable);
  const pairs = new Pairs();
  const [first, second] = [sensed({ pair }), sensed({ pair })];
  const connection = connect(1);
  pairs.begun(connection, first);
  pairs.begun(connection, second);
  expect(pairs.take(connect(2), 'query', pair)).toEqual({});
  expect(pairs.take(connection, 'other', pair)).toEqual({});
  expect(pairs.take(connection, 'query', 'cd'.repeat(16))).toEqual({});
  expect(pairs.take(connection, 'query', pair)).toMatchObject({ call: second.id });
  expect(pairs.take(connect(1), 'query', pair)).toMatchObject({ call: first.id });
  expect(pairs.take(connection, 'query', pair)).toEqual({});
});

test('ends that never come make room', () => {
  const { connect } = setUp(OBSERVE, durable);
  const pairs = new Pairs();
  const connection = connect(1);
  const name = (n: number): string => `tool-${n}`;
  for (let n = 0; n <= LIMITS.pendingRequestsMax; n++)
    pairs.begun(connection, sensed({ pair, tool: name(n) }));
  expect(pairs.take(connection, name(0), pair)).toEqual({});
  expect(pairs.take(connection, name(1), pair)).not.toEqual({});
});
