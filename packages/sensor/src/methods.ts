/** The calls: these wait for a decision, and may take several legs. */
export const CALL_METHODS: ReadonlySet<string> = new Set([
  'tools/call',
  'resources/read',
  'prompts/get',
]);

/** Methods that become observations; other traffic is only forwarded. */
export const OBSERVED_METHODS: ReadonlySet<string> = new Set([
  ...CALL_METHODS,
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'sampling/createMessage',
  'elicitation/create',
]);
