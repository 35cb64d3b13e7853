import { CodedError } from '@spoor/core';
import {
  listenOf,
  MODES,
  type Mode,
  PERMISSIONS,
  type Permission,
  type Sources,
} from '@spoor/query';
import type { Context, Flag } from '../../command.ts';

export const FLAGS: Readonly<Record<string, Flag>> = {
  mode: { type: 'string', placeholder: 'M', help: 'stdio (the default), http or sse' },
  listen: {
    type: 'string',
    placeholder: 'A',
    help: 'Address for http and sse; default localhost:8081',
  },
  file: {
    type: 'string',
    placeholder: 'F',
    help: 'A YAML file that names deployments; default mcp.yaml beside the configuration file',
  },
  docs: {
    type: 'string',
    placeholder: 'D',
    multiple: true,
    help: 'A folder of Markdown that `documentation` searches too; may be given several times',
  },
  allow: {
    type: 'string',
    placeholder: 'P',
    multiple: true,
    help: `What callers without a token may: ${PERMISSIONS.join(', ')}; default all but content`,
  },
  check: { type: 'boolean', help: 'Say what would be served, ask each backend, and end' },
};

const listed = (value: string | boolean | undefined): readonly string[] | undefined =>
  typeof value === 'string' && value !== '' ? value.split(',').map((one) => one.trim()) : undefined;

/** Throws USAGE. */
export function flagSettings({ flags }: Context): Sources['flags'] {
  const listen = typeof flags.listen === 'string' ? listenAt(flags.listen) : undefined;
  return {
    mode: typeof flags.mode === 'string' ? modeOf(flags.mode) : undefined,
    host: listen?.host,
    port: listen?.port,
    docs: listed(flags.docs),
    allow: listed(flags.allow)?.map(permissionOf),
  };
}

function listenAt(text: string): ReturnType<typeof listenOf> {
  try {
    return listenOf(text);
  } catch (error) {
    throw new CodedError('USAGE', `--listen ${text}`, error);
  }
}

function modeOf(text: string): Mode {
  const found = MODES.find((mode) => mode === text);
  if (found === undefined) throw new CodedError('USAGE', `--mode ${text}`);
  return found;
}

function permissionOf(text: string): Permission {
  const found = PERMISSIONS.find((permission) => permission === text);
  if (found === undefined) throw new CodedError('USAGE', `--allow ${text}`);
  return found;
}
