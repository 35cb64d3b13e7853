import { CodedError } from '@spoor/core';
import type { Context } from 'hono';

/** The body of a request, which must be a JSON object. Throws BAD_REQUEST. */
export async function bodyOf(c: Context): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = await c.req.json();
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, like any other body that is no object.
  }
  throw new CodedError('BAD_REQUEST', 'body');
}
