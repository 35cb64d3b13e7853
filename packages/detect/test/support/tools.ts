import type { ToolDefinition } from '../../src/index.ts';

const tool = (name: string, description: string, ...properties: string[]): ToolDefinition => ({
  name,
  description,
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(properties.map((property) => [property, { type: 'string' }])),
  },
});

type ToolKey =
  | 'entitlements'
  | 'customers'
  | 'code'
  | 'share'
  | 'mail'
  | 'readFile'
  | 'writeFile'
  | 'listFolder'
  | 'remember'
  | 'recall'
  | 'echo'
  | 'sum'
  | 'picture'
  | 'status'
  | 'vault'
  | 'pay'
  | 'roles'
  | 'page'
  | 'inbox'
  | 'erase'
  | 'post'
  | 'run'
  | 'query'
  | 'note'
  | 'password';

/** Definitions as real servers state them. */
export const TOOLS: Readonly<Record<ToolKey, ToolDefinition>> = {
  entitlements: tool('read_entitlements', 'Lists which customer records the current user may see.'),
  customers: tool(
    'query_customer_pii',
    'Returns customers with full name, e-mail address, phone number and IBAN.',
    'region',
  ),
  code: tool(
    'code_interpreter',
    'Runs a short program of table operations on the rows that are passed in and returns its output.',
    'program',
    'rows',
  ),
  share: tool(
    'create_shareable_link',
    'Uploads content as a file and creates a link that anyone can open.',
    'name',
    'content',
  ),
  mail: tool(
    'send_email',
    'Sends an e-mail message to the given recipients.',
    'to',
    'subject',
    'body',
  ),
  readFile: tool(
    'read_text_file',
    'Read the complete contents of a file from the file system as text.',
    'path',
  ),
  writeFile: tool(
    'write_file',
    'Create a new file or completely overwrite an existing file with new content.',
    'path',
    'content',
  ),
  listFolder: tool(
    'list_directory',
    'Get a detailed listing of all files and directories in a specified path.',
    'path',
  ),
  remember: tool(
    'create_entities',
    'Create multiple new entities in the knowledge graph',
    'entities',
  ),
  recall: tool('read_graph', 'Read the entire knowledge graph'),
  echo: tool('echo', 'Echoes back the input string', 'message'),
  sum: tool('get-sum', 'Returns the sum of two numbers', 'a', 'b'),
  picture: tool('generate_image', 'Generates an image from a prompt.', 'prompt'),
  status: tool('job_state', 'State of one job.', 'job'),
  vault: tool('get_secret', 'Returns a secret from the vault.', 'name'),
  pay: tool(
    'transfer_money',
    'Transfers money from one bank account to another.',
    'amount',
    'iban',
  ),
  roles: tool('grant_role', 'Grants a role to a user.', 'user', 'role'),
  page: tool('fetch_page', 'Fetches a web page by its URL and returns its text.', 'url'),
  inbox: tool('read_inbox', 'Reads the messages of the inbox.', 'folder'),
  erase: tool('delete_file', 'Deletes a file.', 'path'),
  post: tool('post_form', 'Sends an HTTP POST request to a URL.', 'url', 'body'),
  run: tool('run_command', 'Runs a shell command and returns its output.', 'command'),
  query: tool('run_query', 'Runs a query on the database and returns its rows.', 'sql'),
  note: tool('get_note', 'Returns a private note.', 'id'),
  password: tool('set_password', 'Sets the password of an account.', 'user', 'password'),
};

/** The same tool under a name that says nothing. */
export const renamed = (definition: ToolDefinition, name: string): ToolDefinition => ({
  ...definition,
  name,
});
