import type { ReactNode } from 'react';
import { KEY_ROWS } from '../keys.ts';
import { Button } from '../ui/Controls.tsx';
import { usePreference, writePreference } from '../ui/preferences.ts';
import { useKeys } from '../ui/useKeys.ts';
import styles from './Dialog.module.css';
import { closeDialog, openDialog, SHORTCUTS } from './dialogs.ts';

const GROUPS = [...Map.groupBy(KEY_ROWS, (row) => row.group)];
const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
  'Meta+k': '⌘K',
  'Ctrl+k': 'Ctrl K',
};

export function Shortcuts(): ReactNode {
  useKeys({ help: () => openDialog(SHORTCUTS) });
  return (
    <dialog id={SHORTCUTS} className={styles.dialog} aria-label="Shortcuts">
      <div className={styles.head}>
        <h2>Shortcuts</h2>
        <Button look="plain" onClick={() => closeDialog(SHORTCUTS)}>
          Close
        </Button>
      </div>
      <div className={styles.columns}>
        {GROUPS.map(([group, rows]) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            <ul>
              {rows.map((row) => (
                <li key={row.action}>
                  {row.does}
                  <span>
                    {row.keys.map((keys) => (
                      <kbd key={keys}>{NAMES[keys] ?? keys}</kbd>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <SwitchOff />
    </dialog>
  );
}

function SwitchOff(): ReactNode {
  const off = usePreference('keys') === 'off';
  return (
    <label className={styles.foot}>
      <input
        type="checkbox"
        checked={!off}
        onChange={() => writePreference('keys', off ? '' : 'off')}
      />
      Single keys act as shortcuts
    </label>
  );
}
