import type { Mode } from '@spoor/core';
import { Keyboard, Moon, Pause, Play, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useHub } from '../api/queries.ts';
import { shortId } from '../model/words.ts';
import { Button } from '../ui/Controls.tsx';
import { usePreference, writePreference } from '../ui/preferences.ts';
import { openDialog, SHORTCUTS } from './dialogs.ts';
import { useLive } from './live.tsx';
import styles from './Shell.module.css';
import { screenOf } from './screens.ts';

export function TopBar(): ReactNode {
  return (
    <header className={styles.top}>
      <Crumbs />
      <ModeMark />
      <PauseButton />
      <ThemeButton />
      <Button look="icon" title="Shortcuts" action="help" onClick={() => openDialog(SHORTCUTS)}>
        <Keyboard size={15} />
      </Button>
    </header>
  );
}

function Crumbs(): ReactNode {
  const [location] = useLocation();
  const screen = screenOf(location);
  const [, head, id] = location.split('/');
  if (screen === undefined) return <div className={styles.crumbs}>Spoor</div>;
  if (head !== 'sessions' || id === undefined) {
    return <h1 className={styles.crumbs}>{screen.title}</h1>;
  }
  return (
    <div className={styles.crumbs}>
      <Link href={screen.path}>{screen.title}</Link>
      <span aria-hidden="true">›</span>
      <h1 className="mono" title={id}>
        {shortId(id)}
      </h1>
    </div>
  );
}

const MODE_TITLES: Readonly<Record<Mode, string>> = {
  observe: 'Calls are recorded; what would be denied is only shown. Change it in Rules.',
  enforce: 'Denials are real. Change it in Rules.',
};

function ModeMark(): ReactNode {
  const { data: hub } = useHub();
  if (hub === undefined) return null;
  const { mode } = hub.policy;
  return (
    <Link href="/rules" className={styles.mode} data-mode={mode} title={MODE_TITLES[mode]}>
      {mode === 'enforce' ? 'Enforcing' : 'Observing only'}
    </Link>
  );
}

const LIVE_WORDS = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Lost',
  paused: 'Paused',
} as const;

function PauseButton(): ReactNode {
  const { state, missed, togglePause } = useLive();
  const paused = state === 'paused';
  const news = missed > 0 ? `, ${missed} new` : '';
  return (
    <Button
      onClick={togglePause}
      title={paused ? 'Go on; nothing was lost' : 'Pause the view, not the capture'}
      action="pause"
      pressed={paused}
    >
      <span className={styles.dot} data-state={state} />
      {`${LIVE_WORDS[state]}${news}`}
      {paused ? <Play size={12} /> : <Pause size={12} />}
    </Button>
  );
}

function ThemeButton(): ReactNode {
  const chosen = usePreference('theme');
  const dark =
    chosen === '' ? window.matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  const toggle = (): void => {
    const next = dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    writePreference('theme', next);
  };
  return (
    <Button look="icon" title={dark ? 'Light theme' : 'Dark theme'} onClick={toggle}>
      {dark ? <Sun size={15} /> : <Moon size={15} />}
    </Button>
  );
}
