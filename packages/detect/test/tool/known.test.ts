import type { Label } from '@spoor/core';
import { expect, it } from 'vitest';
import { classifyTool } from '../../src/tool/classify.ts';

/** Tools as widely used servers have them, in words of ours, and labels that they must have. */
const KNOWN: readonly (readonly [name: string, description: string, labels: readonly Label[]])[] = [
  ['channel_history', 'Get recent messages from a channel', ['reads-untrusted', 'reads-private']],
  ['get_user_profile', 'Get detailed profile information of a user', ['reads-pii']],
  ['list_customers', 'List customers with their e-mail addresses', ['reads-pii']],
  ['list_payment_intents', 'List payments of the account', ['reads-private']],
  ['create_payment_link', 'Create a payment link for a price', ['financial']],
  ['create_refund', 'Refund a payment', ['financial']],
  ['finalize_invoice', 'Finalize an invoice so that it is sent and due', ['financial']],
  ['pods_exec', 'Execute a command in a pod', ['executes-code']],
  ['pods_log', 'Get the logs of a pod', ['reads-private']],
  ['configuration_view', 'Get the kubeconfig as YAML', ['reads-secrets']],
  ['execute_sql', 'Executes raw SQL in the database', ['executes-code']],
  ['read_query', 'Execute a SELECT query on the database', ['executes-code']],
  ['list_tables', 'List all tables in the database', ['reads-private']],
  ['get_anon_key', 'Gets the API key of the project', ['reads-secrets']],
  ['get_connection_string', 'Returns the connection string of a database', ['reads-secrets']],
  ['list_secrets', 'List secrets of a repository', ['reads-secrets']],
  ['get_cookies', 'Returns the cookies of the current page', ['reads-secrets']],
  ['text_to_speech', 'Convert text to speech with a given voice', ['costly']],
  ['voice_clone', 'Create a clone of a voice from audio files', ['costly']],
  ['create_prediction', 'Run a model on a GPU, billed by the second', ['costly']],
  ['deep_research', 'Research a question with many searches and a model', ['costly']],
  ['ask', 'Ask a language model with access to the web', ['costly']],
  ['generate_text', 'Generates text with an LLM', ['costly']],
  ['search', 'Search the web and return snippets', ['reads-untrusted']],
  ['get_issue', 'Get details of an issue with its comments', ['reads-untrusted']],
  ['get_pull_request_files', 'Get the files changed in a pull request', ['reads-untrusted']],
  ['browser_evaluate', 'Evaluate a JavaScript expression on the page', ['executes-code']],
  ['browser_snapshot', 'Capture accessibility snapshot of the page', ['reads-untrusted']],
  ['create_pull_request', 'Create a new pull request', ['egress']],
  ['create_or_update_file', 'Create or update a file in a remote repository', ['egress']],
  ['fork_repository', 'Fork a repository to your account', []],
  ['add_member_to_team', 'Add a member to a team', ['privileged']],
  ['update_role', 'Update the role of a user', ['privileged']],
  ['create_api_token', 'Creates an API token', ['privileged', 'reads-secrets']],
  ['drop_table', 'Drop a table', ['destructive']],
  ['create_event', 'Create a calendar event and invite attendees', []],
  ['list_events', 'List events of a calendar', ['reads-private', 'reads-untrusted']],
  ['get_recent_transactions', 'Get the most recent transactions of the account', ['reads-pii']],
  ['get_health_records', 'Get health records of the user', ['reads-pii']],
  ['screenshot', 'Take a screenshot of the screen', ['reads-untrusted']],
  ['get_clipboard', 'Get the content of the clipboard', ['reads-private']],
  ['get_device_state', 'Get the state of a device in the house', ['reads-private']],
  ['lock_door', 'Lock or unlock a door', ['privileged']],
  ['place_order', 'Place an order to buy shares', ['financial']],
  ['get_weather', 'Get the weather at a place', []],
  ['convert_currency', 'Convert an amount between currencies', []],
  ['get_stock_price', 'Get the current price of a stock', []],
  ['list_components', 'List components of the library', []],
  ['add_numbers', 'Add two numbers', []],
];

for (const [name, description, labels] of KNOWN) {
  it(`${name}: ${description} → ${labels.join(', ') || 'nothing'}`, () => {
    const found = classifyTool({ name, description }).labels;
    if (labels.length === 0) expect(found).toEqual([]);
    else expect(found).toEqual(expect.arrayContaining([...labels]));
  });
}
