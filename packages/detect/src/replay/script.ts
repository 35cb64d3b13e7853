import { isObject, type Level } from '@spoor/core';
import type { Step } from '../engine/detector.ts';
import type { ToolDefinition } from '../tool/classify.ts';
import { weighTool } from '../tool/definition.ts';
import { type PlayedCall, Player, type PlayerOptions } from './player.ts';

/** What is said of one call, or of one tool's definition. */
export interface Answer {
  readonly session?: string;
  readonly seq?: number;
  readonly id?: string;
  /** From 0, nothing suspicious, to 1. */
  readonly score: number;
  readonly alert: boolean;
  /** Ids of the rules that matched. */
  readonly rules: readonly string[];
}

/** A line that could not be taken. The rest goes on. */
export interface Refused {
  readonly error: string;
}

export type Asked = Answer | Refused | undefined;

/**
 * The protocol of recorded sessions, one JSON object a line: `catalog`, `start`, `prompt`, `call`,
 * `result`, `end` and `tool`. A `call` and a `tool` are answered; nothing is known of a session
 * ahead of its time.
 */
export class Script {
  readonly #player: Player;
  readonly #catalogs = new Map<string, readonly ToolDefinition[]>();

  constructor(options: PlayerOptions) {
    this.#player = new Player(options);
  }

  /** @param line one line, without its end */
  take(line: string): Asked {
    const message = parse(line);
    if (message === undefined) return { error: 'not a JSON object' };
    const session = String(message.session ?? '');
    switch (message.type) {
      case 'catalog':
        this.#catalogs.set(String(message.catalog), definitions(message.tools));
        return undefined;
      case 'start':
        this.#player.start(session, this.#catalogs.get(String(message.catalog)) ?? []);
        return undefined;
      case 'prompt':
        this.#player.prompt(session, String(message.text ?? ''));
        return undefined;
      case 'call':
        return {
          session,
          seq: Number(message.seq),
          ...judged(this.#player.call(session, callOf(message))),
        };
      case 'result':
        this.#player.result(session, {
          text: String(message.result ?? message.error ?? ''),
          failed: message.error !== null && message.error !== undefined,
        });
        return undefined;
      case 'end':
        this.#player.end(session);
        return undefined;
      case 'tool':
        return { id: String(message.id), ...judgedTool(message) };
      default:
        return { error: 'unknown type' };
    }
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const definitions = (tools: unknown): readonly ToolDefinition[] =>
  Array.isArray(tools) ? tools.filter(isObject).map(definitionOf) : [];

function definitionOf({ tool, description, inputSchema }: Fields): ToolDefinition {
  return {
    name: String(tool),
    ...(typeof description === 'string' ? { description } : {}),
    inputSchema,
  };
}

const callOf = ({ server, tool, args }: Fields): PlayedCall => ({
  server: String(server ?? 'unknown'),
  tool: String(tool),
  args,
});

/** Rules below these levels show weak signs, for whoever looks into a session. */
const ALERTING: ReadonlySet<Level> = new Set<Level>(['high', 'critical']);

const judged = ({ detections, observation }: Step): Omit<Answer, 'id'> => {
  const rules = [...new Set(detections.map(({ rule }) => rule.id))];
  const score = observation.facts.subversion?.score ?? 0;
  const alert = detections.some(({ rule }) => ALERTING.has(rule.level));
  return { score, alert, rules };
};

const NO_KEY = [0, 0, 0, 0] as const;

function judgedTool(message: Fields): Omit<Answer, 'session'> {
  const how = { key: NO_KEY, digest: () => '', role: 'result' } as const;
  const { facts, poison } = weighTool(definitionOf(message), how);
  const rules = [
    ...(facts.poison === undefined ? [] : ['tool-poisoning']),
    ...(facts.hiddenText ? ['hidden-text'] : []),
  ];
  const { weight } = poison;
  const score = facts.hiddenText ? 1 : weight / (1 + weight);
  return { score, alert: rules.length > 0, rules };
}
