import { type DefinitionWord, lineDiff, type ToolView } from '@spoor/core';
import type { ReactNode } from 'react';
import { prettyProjection } from '../model/projection.ts';
import { Button } from '../ui/Controls.tsx';
import { Badge } from '../ui/Marks.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inventory.module.css';

const LINE_CHARS = 400;

interface PinProps {
  readonly tool: ToolView;
  readonly onSay: (word: DefinitionWord) => void;
}

/** How a definition stands to what is pinned, and the owner's word on it. */
export function Pin({ tool, onSay }: PinProps): ReactNode {
  const { pin, change, shadows = [], collision } = tool;
  const changed = pin.digest !== pin.pinned && change !== 'removed';
  return (
    <section className={styles.sources} aria-label="What is pinned">
      <p>
        {pin.blocked && <Badge tone="block">Blocked</Badge>}{' '}
        {changed ? 'The definition is not the one that is pinned.' : 'As it was pinned.'}
        {pin.said !== undefined && (
          <>
            {' '}
            Last word: <Text value={`${pin.said.word} by ${pin.said.by}`} charsMax={120} />
          </>
        )}
      </p>
      {shadows.length > 0 && (
        <p>
          It speaks of <Text value={shadows.join(', ')} charsMax={LINE_CHARS} />, of another server.
        </p>
      )}
      {collision !== undefined && (
        <p>
          {collision.kind === 'same' ? 'The same name as ' : 'A name that passes for '}
          <Text value={collision.with} charsMax={LINE_CHARS} />
        </p>
      )}
      <p className={styles.actions}>
        {(changed || pin.blocked) && (
          <Button
            look="primary"
            title="Pin the definition that is there now"
            onClick={() => onSay('approve')}
          >
            Approve
          </Button>
        )}{' '}
        {!pin.blocked && (
          <Button
            title="Deny its calls in enforce, until it is approved"
            onClick={() => onSay('block')}
          >
            Block
          </Button>
        )}
      </p>
      {changed && <Difference tool={tool} />}
    </section>
  );
}

function Difference({ tool: { pin, definition } }: { readonly tool: ToolView }): ReactNode {
  if (pin.before === undefined || definition === undefined)
    return <p>The texts are not kept: only their digests are.</p>;
  const lines = lineDiff(prettyProjection(pin.before), prettyProjection(definition));
  if (lines.every(({ mark }) => mark === ' '))
    return <p>It differs in what the kept texts leave out.</p>;
  return (
    <section aria-label="Difference to what is pinned">
      <pre>
        {lines.map(({ mark, line }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and the list never moves
          <span key={i} className={MARKS[mark]}>
            {mark}{' '}
            <span>
              <Text value={line} charsMax={LINE_CHARS} />
            </span>
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  );
}

const MARKS = { ' ': undefined, '-': styles.gone, '+': styles.come } as const;
