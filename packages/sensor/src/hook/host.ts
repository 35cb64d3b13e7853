import { isObject } from '@spoor/core';

/** A program whose hooks Spoor answers: how it tells events, and how it wants its answers. */
export interface HookHost {
  /** As it is written on the command line, and as the server of its own tools is called. */
  readonly name: string;
  /** Events before which a tool has not run yet: these can be denied. */
  readonly before: readonly string[];
  /**
   * Can it ask its user itself, about this event? Else the hook waits for an answer by `spoor
   * approvals` or the UI.
   */
  asks(event: HookJson): boolean;
  /** Can it run a tool with other arguments than were asked for? Else such a call is denied. */
  readonly modifies?: true;
  read(event: HookJson, name: string): HookEvent;
  /** What goes to standard output: `{}` where Spoor has nothing to say. Never a permission. */
  answer(name: string, verdict: Verdict): object;
  /** What the owner adds to the host's settings, and where. */
  settings(command: string): HookSettings;
}

export interface HookSettings {
  readonly file: string;
  readonly content: object;
}

export type HookJson = Readonly<Record<string, unknown>>;

export interface HookTool {
  /** Undefined for the host's own tools. */
  readonly server?: string;
  readonly tool: string;
  readonly args: unknown;
  /** The host's id of this call, where it has one. */
  readonly callId?: string;
}

export type HookEvent =
  | { readonly kind: 'prompt'; readonly session: string; readonly text: string }
  | ({
      readonly kind: 'before';
      readonly session: string;
      /** What it will return, where the host tells that before and nothing after. */
      readonly result?: unknown;
    } & HookTool)
  | ({
      readonly kind: 'after';
      readonly session: string;
      readonly result: unknown;
      readonly failed: boolean;
    } & HookTool)
  /** Seen whole when it is told, and beyond denying. */
  | ({
      readonly kind: 'done';
      readonly session: string;
      readonly result: unknown;
    } & HookTool)
  | { readonly kind: 'other'; readonly session: string };

/** What to do with a tool that is about to run. `text` goes to the model or the user. */
export type Verdict =
  | { readonly kind: 'none' }
  /** It may run with these arguments instead, where the host can do that. */
  | { readonly kind: 'modify'; readonly args: unknown; readonly text: string }
  | { readonly kind: 'deny' | 'ask'; readonly text: string };

export const textOf = (event: HookJson, ...names: readonly string[]): string => {
  for (const name of names) if (typeof event[name] === 'string') return event[name];
  return '';
};

/** `mcp__server__tool`, as several hosts write the tools of MCP servers. */
export function mcpName(name: string): { readonly server?: string; readonly tool: string } {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  return server === undefined || tool === undefined ? { tool: name } : { server, tool };
}

/** Some hosts write JSON into a string. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  try {
    const inner: unknown = JSON.parse(value);
    return isObject(inner) || Array.isArray(inner) ? inner : value;
  } catch {
    return value;
  }
}
