import type { ReactNode } from 'react';
import type { PanelState } from '../model/panel.ts';
import { countText } from '../model/words.ts';
import { Button } from './Controls.tsx';
import styles from './States.module.css';
import { Text } from './Text.tsx';

export interface PanelProps<Row> {
  readonly state: PanelState<Row>;
  /** What the rows are, in the plural: `sessions`. */
  readonly noun: string;
  /** First use: how to get the first row. */
  readonly firstUse: ReactNode;
  /** Looked, and there is nothing: what was covered. */
  readonly empty: ReactNode;
  readonly onRetry: () => void;
  readonly onClear?: () => void;
  /** Why the rows are not all there is; absent when they are. */
  readonly partial?: string | undefined;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** Shows exactly one of the six pictures that a panel can be in. */
export function Panel<Row>(props: PanelProps<Row>): ReactNode {
  const { state } = props;
  if (state.kind === 'loading') return <Skeleton noun={props.noun} />;
  if (state.kind === 'failed') {
    return <Failed noun={props.noun} state={state} onRetry={props.onRetry} />;
  }
  if (state.kind === 'first-use') return <div className={styles.state}>{props.firstUse}</div>;
  if (state.kind === 'empty') return <div className={styles.state}>{props.empty}</div>;
  if (state.kind === 'filtered') {
    return (
      <div className={styles.state}>
        <h2>Nothing matches the filter</h2>
        <p>
          {state.hidden.toLocaleString('en')} {props.noun} hidden by it.
        </p>
        <div className={styles.actions}>
          {props.onClear && <Button onClick={props.onClear}>Clear the filter</Button>}
        </div>
      </div>
    );
  }
  return (
    <>
      {props.partial !== undefined && <Notice>{props.partial}</Notice>}
      {props.children(state.rows)}
      {state.hidden > 0 && <Hidden hidden={state.hidden} onClear={props.onClear} />}
    </>
  );
}

const BAR_PERCENTS = [62, 48, 71, 55, 40, 66, 52, 58] as const;

export function Skeleton({ noun }: { readonly noun: string }): ReactNode {
  return (
    <div className={styles.skeleton} role="status" aria-label={`Reading ${noun}`}>
      {BAR_PERCENTS.map((percent) => (
        <span key={percent} className={styles.bar} style={{ width: `${percent}%` }} />
      ))}
    </div>
  );
}

export interface FailedProps {
  readonly noun: string;
  readonly state: { readonly code: string; readonly why: string; readonly hint: string };
  readonly onRetry: () => void;
}

export function Failed({ noun, state, onRetry }: FailedProps): ReactNode {
  return (
    <div className={styles.state} role="alert">
      <h2>
        The {noun} could not be read <code className={styles.code}>{state.code}</code>
      </h2>
      <p>
        <Text value={state.why} />
        {state.hint !== '' && (
          <>
            . <Text value={state.hint} />.
          </>
        )}
      </p>
      <div className={styles.actions}>
        <Button onClick={onRetry}>Try again</Button>
      </div>
    </div>
  );
}

/** One line above rows that are not the whole truth. */
export function Notice({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div className={styles.notice} role="status">
      {children}
    </div>
  );
}

export interface PictureProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

/** The inside of an empty or first-use picture. */
export function Picture({ title, children, actions }: PictureProps): ReactNode {
  return (
    <>
      <h2>{title}</h2>
      <p>{children}</p>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </>
  );
}

/** An empty picture that is not inside a panel. */
export function Blank(props: PictureProps): ReactNode {
  return (
    <div className={styles.state}>
      <Picture {...props} />
    </div>
  );
}

function Hidden({
  hidden,
  onClear,
}: {
  readonly hidden: number;
  readonly onClear: (() => void) | undefined;
}): ReactNode {
  return (
    <p className={styles.hidden}>
      {countText(hidden, 'row')} hidden by the filter.{' '}
      {onClear && (
        <button type="button" onClick={onClear}>
          Clear
        </button>
      )}
    </p>
  );
}
