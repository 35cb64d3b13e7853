import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import styles from './Controls.module.css';

export interface SplitterProps {
  readonly label: string;
  /** Width in pixels of the part to the right. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (px: number) => void;
}

const KEY_STEP_PX = 24;

export function Splitter({ label, value, min, max, onChange }: SplitterProps): ReactNode {
  const set = (px: number): void => onChange(Math.round(Math.min(max, Math.max(min, px))));
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? 0;
    set(right - event.clientX);
  };
  const step = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    set(value + (event.key === 'ArrowLeft' ? KEY_STEP_PX : -KEY_STEP_PX));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be dragged
    <div
      className={styles.splitter}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={step}
    />
  );
}
