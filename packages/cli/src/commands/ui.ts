import { hubApi } from '../client.ts';
import type { Command } from '../command.ts';

export const ui: Command = {
  usage: '',
  summary: 'Prints a link that opens the UI; it works once.',
  flags: {},
  run: async ({ flags, home, out }) => {
    const api = hubApi(home);
    const { code } = await api.post<{ code: string }>('/api/v1/login-code', {});
    const url = `${api.url}/#code=${code}`;
    if (flags.json === true) out.json({ url });
    else out.line(url);
    return 0;
  },
};
