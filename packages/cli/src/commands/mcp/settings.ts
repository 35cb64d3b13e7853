import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '@spoor/core';
import { readHubAddress } from '@spoor/edge/home';
import { type McpSettings, readSettings } from '@spoor/query';
import type { Context } from '../../command.ts';
import { flagSettings } from './flags.ts';

/**
 * From flags, environment and file. Where none of them names a backend, it is the user's own hub.
 * Throws QUERY_CONFIG, or QUERY_NO_BACKEND where there is no hub either.
 */
export async function settingsOf(context: Context): Promise<McpSettings> {
  const { env, home } = context;
  const settings = readSettings({
    flags: flagSettings(context),
    env,
    file: await fileOf(context),
  });
  if (settings.deployments.length > 0) return settings;
  if (readHubAddress(home) === undefined) throw new CodedError('QUERY_NO_BACKEND');
  return { ...settings, deployments: [{ name: 'spoor', tenants: [] }] };
}

async function fileOf({ flags, home }: Context): Promise<unknown> {
  const usual = join(dirname(home.config), 'mcp.yaml');
  const path = typeof flags.file === 'string' ? flags.file : usual;
  if (path === usual && !existsSync(usual)) return undefined;
  const { parseDocument } = await import('yaml');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('QUERY_CONFIG', path, error);
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error === undefined) return document.toJS({ maxAliasCount: 0 });
  const [at] = error.linePos ?? [];
  throw new CodedError('QUERY_CONFIG', `${path}:${at?.line ?? 0}:${at?.col ?? 0} ${error.code}`);
}
