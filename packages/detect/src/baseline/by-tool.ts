/** Values by server and tool: the names are looked up as they are, since no call waits for more. */
export class ByTool<Value> {
  readonly #servers = new Map<string, Map<string, Value>>();
  size = 0;

  get(server: string, tool: string): Value | undefined {
    return this.#servers.get(server)?.get(tool);
  }

  set(server: string, tool: string, value: Value): void {
    let tools = this.#servers.get(server);
    if (tools === undefined) {
      tools = new Map();
      this.#servers.set(server, tools);
    }
    if (!tools.has(tool)) this.size++;
    tools.set(tool, value);
  }

  clear(): void {
    this.#servers.clear();
    this.size = 0;
  }

  *values(): Generator<Value> {
    for (const tools of this.#servers.values()) yield* tools.values();
  }
}
