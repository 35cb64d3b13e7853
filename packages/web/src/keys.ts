/** Every key of the UI: what reads the keyboard, the overlay and the tests all use this table. */
export interface KeyRow {
  /** One key, or a sequence separated by a space. */
  readonly keys: readonly string[];
  readonly action: string;
  readonly does: string;
  readonly group: 'Everywhere' | 'Lists' | 'Session' | 'Alerts' | 'Waiting';
}

export const KEY_ROWS: readonly KeyRow[] = [
  { keys: ['?'], action: 'help', does: 'Show the shortcuts', group: 'Everywhere' },
  {
    keys: [':', 'Ctrl+k', 'Meta+k'],
    action: 'palette',
    does: 'Command, or jump to an id',
    group: 'Everywhere',
  },
  { keys: ['/'], action: 'filter', does: 'Filter', group: 'Everywhere' },
  { keys: ['Escape'], action: 'back', does: 'Back', group: 'Everywhere' },
  { keys: ['p'], action: 'pause', does: 'Pause the live view', group: 'Everywhere' },
  { keys: ['y'], action: 'copy', does: 'Copy the link to this view', group: 'Everywhere' },
  { keys: ['g l', 'g s'], action: 'go.sessions', does: 'Go to Sessions', group: 'Everywhere' },
  { keys: ['g a'], action: 'go.alerts', does: 'Go to Alerts', group: 'Everywhere' },
  { keys: ['g w'], action: 'go.asks', does: 'Go to Waiting', group: 'Everywhere' },
  { keys: ['g r'], action: 'go.rules', does: 'Go to Rules', group: 'Everywhere' },
  { keys: ['g i'], action: 'go.inventory', does: 'Go to Inventory', group: 'Everywhere' },
  { keys: ['g u'], action: 'go.audit', does: 'Go to Audit', group: 'Everywhere' },
  { keys: ['j', 'ArrowDown'], action: 'row.next', does: 'Next row', group: 'Lists' },
  { keys: ['k', 'ArrowUp'], action: 'row.previous', does: 'Previous row', group: 'Lists' },
  { keys: ['Home'], action: 'row.first', does: 'First row', group: 'Lists' },
  { keys: ['End'], action: 'row.last', does: 'Last row', group: 'Lists' },
  { keys: ['Enter'], action: 'row.open', does: 'Open', group: 'Lists' },
  { keys: ['v'], action: 'view', does: 'Switch between Graph, Steps and Log', group: 'Session' },
  { keys: ['f'], action: 'follow', does: 'Follow new calls', group: 'Session' },
  { keys: ['h'], action: 'inspector', does: 'Inspector on or off', group: 'Session' },
  { keys: ['x'], action: 'trouble', does: 'Next denial, error or alert', group: 'Session' },
  { keys: ['e'], action: 'alert.acknowledge', does: 'Acknowledge', group: 'Alerts' },
  { keys: ['d'], action: 'alert.dismiss', does: 'Dismiss with a reason', group: 'Alerts' },
  { keys: ['A'], action: 'ask.approve', does: 'Approve the chosen call', group: 'Waiting' },
  { keys: ['D'], action: 'ask.deny', does: 'Deny the chosen call', group: 'Waiting' },
];

/** A sequence such as `g s` must be finished within this time. */
export const SEQUENCE_MS = 1_200;

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const ACTIONS: ReadonlyMap<string, string> = new Map(
  KEY_ROWS.flatMap((row) => row.keys.map((keys) => [keys, row.action] as const)),
);
const PREFIXES: ReadonlySet<string> = new Set(
  KEY_ROWS.flatMap((row) =>
    row.keys.filter((keys) => keys.includes(' ')).map((keys) => keys[0]),
  ).filter((key) => key !== undefined),
);

/** Reads presses one by one and names the action that they make, if any. */
export class KeyReader {
  #prefix = '';
  #prefixMs = 0;

  press(event: KeyPress, nowMs: number): string | undefined {
    const key = chord(event);
    const prefix = nowMs - this.#prefixMs <= SEQUENCE_MS ? this.#prefix : '';
    this.#prefix = '';
    if (prefix !== '') return ACTIONS.get(`${prefix} ${key}`);
    if (PREFIXES.has(key)) {
      this.#prefix = key;
      this.#prefixMs = nowMs;
      return undefined;
    }
    return ACTIONS.get(key);
  }
}

function chord(event: KeyPress): string {
  if (event.altKey) return `Alt+${event.key}`;
  if (event.ctrlKey) return `Ctrl+${event.key}`;
  return event.metaKey ? `Meta+${event.key}` : event.key;
}

/** The keys of an action as a person reads them, for tooltips. */
export function keyHint(action: string): string {
  const row = KEY_ROWS.find((known) => known.action === action);
  return row === undefined ? '' : ` (${row.keys[0]})`;
}
