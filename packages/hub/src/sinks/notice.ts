import type { Alert, Level } from '@spoor/core';

/** One time that an alert is told. */
export interface Notice {
  /** The same for every attempt at telling it: `<alert>.<count>`. */
  readonly id: string;
  readonly alert: Alert;
}

export const noticeOf = (alert: Alert): Notice => ({ id: `${alert.id}.${alert.count}`, alert });

/** What an alert says outside of the hub. Names only: what fields held stays here. */
export interface AlertSummary {
  readonly id: string;
  readonly title: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly level: Level;
  readonly status: Alert['status'];
  readonly session: string;
  readonly path: readonly {
    readonly server: string;
    readonly tool: string;
    readonly step: string;
    readonly atMs: number;
  }[];
  /** Pseudonym of who was behind it, and how far that is proved. */
  readonly principal?: string;
  readonly identity?: string;
  readonly action: string;
  readonly wanted: string;
  readonly case?: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly advice: string;
  /** The entry that proves it, and the log as it was then. */
  readonly ledger?: {
    readonly index: number;
    readonly leaf?: string;
    readonly checkpoint?: string;
  };
}

const NAME_CHARS = 120;
const TEXT_CHARS = 600;
const STEPS_MAX = 32;

export function summaryOf(alert: Alert): AlertSummary {
  const { rule, detection, ledgerIndex, leafHash, checkpoint, case: caseId } = alert;
  const { who, path } = detection;
  return {
    id: alert.id,
    title: plain(alert.title, TEXT_CHARS),
    rule: plain(rule.id, NAME_CHARS),
    tags: rule.tags,
    level: rule.level,
    status: alert.status,
    session: alert.session,
    path: path.slice(-STEPS_MAX).map(({ server, tool, step, atMs }) => ({
      server: plain(server, NAME_CHARS),
      tool: plain(tool, NAME_CHARS),
      step: plain(step, TEXT_CHARS),
      atMs,
    })),
    ...(who === undefined ? {} : { principal: who.pseudonym, identity: who.level }),
    action: alert.action,
    wanted: alert.wanted,
    ...(caseId === undefined ? {} : { case: caseId }),
    count: alert.count,
    firstMs: alert.firstMs,
    lastMs: alert.lastMs,
    advice: plain(rule.advice, TEXT_CHARS),
    ...(ledgerIndex === undefined
      ? {}
      : {
          ledger: {
            index: ledgerIndex,
            ...(leafHash === undefined ? {} : { leaf: leafHash }),
            ...(checkpoint === undefined ? {} : { checkpoint }),
          },
        }),
  };
}

/** Names are chosen by servers: nothing invisible, nothing that moves a terminal, not endless. */
const plain = (text: string, charsMax: number): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ud800-\udfff]/gu, '\ufffd')
    .slice(0, charsMax)
    .replace(/[\ud800-\udbff]$/, '');

/** One line for people. */
export const lineOf = ({ level, title, action }: AlertSummary): string =>
  `${level}: ${title}${action === 'deny' ? ' (denied)' : ''}`;
