import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { StopsBanner } from '../stops/StopsBanner.tsx';
import { useKeyboard, useKeys } from '../ui/useKeys.ts';
import { LiveProvider, useLive } from './live.tsx';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import styles from './Shell.module.css';
import { Shortcuts } from './Shortcuts.tsx';
import { SCREENS } from './screens.ts';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { WaitingBanner } from './WaitingBanner.tsx';

export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  useKeyboard();
  return (
    <LiveProvider>
      <Keys />
      <div className={styles.shell}>
        <Rail />
        <TopBar />
        <main className={styles.main}>
          <Lost />
          <WaitingBanner />
          <StopsBanner />
          {children}
        </main>
      </div>
      <Shortcuts />
      <Palette />
      <Toasts />
    </LiveProvider>
  );
}

/** Trust in quiet depends on it: every screen says when it no longer hears from the hub. */
function Lost(): ReactNode {
  const { state } = useLive();
  if (state !== 'lost') return null;
  return (
    <p className={styles.stale} role="status">
      The live connection to the hub is lost. What you see may be old; trying again.
    </p>
  );
}

function Keys(): ReactNode {
  const [, navigate] = useLocation();
  useKeys({
    ...Object.fromEntries(SCREENS.map((screen) => [screen.action, () => navigate(screen.path)])),
    back: () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
    copy: () => void navigator.clipboard.writeText(window.location.href),
  });
  return null;
}
