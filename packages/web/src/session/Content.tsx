import type { ContentFacts } from '@spoor/core';
import type { ReactNode } from 'react';
import type { ContentNote } from '../model/content.ts';
import { classesText } from '../model/flowWords.ts';
import { prettyProjection } from '../model/projection.ts';
import { bytesText, countText } from '../model/words.ts';
import { FactList, Section } from '../ui/Facts.tsx';
import { Text } from '../ui/Text.tsx';
import styles from './Inspector.module.css';

export interface ContentProps {
  readonly title: string;
  readonly content: ContentFacts | undefined;
  /** What became of the content itself. */
  readonly notes: readonly ContentNote[];
}

/** Characters of a projection that are shown; the store keeps no more. */
const PROJECTION_CHARS = 16_384;

/** What is known of one content without holding it, and its redacted projection where kept. */
export function Content({ title, content, notes }: ContentProps): ReactNode {
  if (content === undefined && notes.length === 0) return null;
  return (
    <Section title={title}>
      {content !== undefined && content.digest !== '' && <Known content={content} />}
      {content?.digest === '' && <FactList facts={[['Size', bytesText(content.bytes)]]} />}
      {notes.map(({ tone, text }) => (
        <p key={text} className={styles.note} data-tone={tone}>
          {text}
        </p>
      ))}
    </Section>
  );
}

function Known({ content }: { readonly content: ContentFacts }): ReactNode {
  const { projection } = content;
  return (
    <>
      <FactList
        facts={[
          ['Size', `${bytesText(content.bytes)}, ${countText(content.paths.length, 'field')}`],
          ['Found', content.classes.length === 0 ? undefined : classesText(content.classes)],
          [
            'Goes to',
            content.externalDestinations === 0
              ? undefined
              : `${content.externalDestinations} outside this machine`,
          ],
          ['Hidden text', content.hiddenText ? 'yes' : undefined],
          ['Instructions', content.instructionLike ? 'written like instructions' : undefined],
          ['Examined', content.truncated ? 'only its beginning: it is over the limit' : undefined],
          [
            'Digest',
            <span key="digest" className={styles.mono} title="Keyed digest of the sealed content">
              {content.digest}
            </span>,
          ],
        ]}
      />
      {projection !== undefined && (
        <pre className={styles.projection}>
          <Text value={prettyProjection(projection)} charsMax={PROJECTION_CHARS} />
        </pre>
      )}
    </>
  );
}
