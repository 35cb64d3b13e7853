/**
 * The tools of the example servers, each with a neutral name beside its own. `--rename` serves the
 * neutral names with descriptions and schemas kept: whoever classifies tools by name alone is blind
 * then, and the demo shows that Spoor is not.
 */
const NEUTRAL = {
  read_entitlements: 'op_11',
  query_customer_pii: 'op_12',
  code_interpreter: 'op_21',
  create_shareable_link: 'op_31',
  list_files: 'op_32',
  upload_file: 'op_33',
} as const;

export type ExampleTool = keyof typeof NEUTRAL;

const isExampleTool = (name: string): name is ExampleTool => Object.hasOwn(NEUTRAL, name);

/** The name under which a tool is served; a tool of any other server keeps its own. */
export const servedName = (tool: string, renamed: boolean): string =>
  renamed && isExampleTool(tool) ? NEUTRAL[tool] : tool;

/** Whether this process was asked to rename; `RENAME_TOOLS=1` is for where flags are fixed. */
export const renameRequested = (
  argv: readonly string[] = process.argv,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean => argv.includes('--rename') || env.RENAME_TOOLS === '1';
