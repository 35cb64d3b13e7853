import { McpServer } from '@modelcontextprotocol/server';
import type { Library } from '../docs/library.ts';
import type { Masker } from '../shown/masker.ts';
import { around } from './around.ts';
import type { Caller } from './caller.ts';
import type { Deployment } from './deployment.ts';
import { registerDocuments } from './documents.ts';
import { Gate } from './gate.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import type { Tool } from './tool.ts';
import { alert, alerts } from './tools/alerts.ts';
import { compareTraces } from './tools/compare.ts';
import { dependencies } from './tools/dependencies.ts';
import { documentation } from './tools/documentation.ts';
import { rules, toolInventory, verifyEntry } from './tools/inventory.ts';
import { backtest, findChain } from './tools/replays.ts';
import { serviceNames, serviceOperations, services } from './tools/services.ts';
import { sessionGraph, sessions } from './tools/sessions.ts';
import { trace } from './tools/trace.ts';
import { traces } from './tools/traces.ts';

export interface QueryOptions {
  readonly version: string;
  readonly deployments: readonly Deployment[];
  readonly masker: Masker;
  readonly library: Library;
  readonly log: Log;
  readonly nowMs: () => number;
  /** Tools that are not offered at all. */
  readonly disabled: ReadonlySet<string>;
  /** Sees each server before it is connected. */
  readonly prepare?: (server: McpServer) => void;
}

const TOOLS: readonly Tool[] = [
  services,
  serviceNames,
  serviceOperations,
  traces,
  trace,
  compareTraces,
  dependencies,
  sessions,
  sessionGraph,
  alerts,
  alert,
  findChain,
  rules,
  backtest,
  verifyEntry,
  toolInventory,
];

/** What all connections and requests of one server share. */
export class QueryServer {
  readonly gate: Gate = new Gate();
  readonly metrics: Metrics = new Metrics();
  readonly #options: QueryOptions;

  constructor(options: QueryOptions) {
    this.#options = options;
  }

  get log(): Log {
    return this.#options.log;
  }

  /** One MCP server for one connection or request of this caller. */
  serve(caller: Caller): McpServer {
    const { version, deployments, masker, library, log, nowMs, disabled } = this.#options;
    const { gate, metrics } = this;
    const info = { name: 'spoor', title: 'Spoor', version };
    const server = new McpServer(info, { instructions: INSTRUCTIONS });
    const wrapped = around({ caller, call: { masker, deployments }, gate, log, metrics, nowMs });
    for (const tool of [...TOOLS, documentation(library)])
      if (!disabled.has(tool.name)) tool.register(server, wrapped);
    if (caller.permissions.has('documentation')) registerDocuments(server, library);
    this.#options.prepare?.(server);
    return server;
  }
}
