import { spawn } from 'node:child_process';

/**
 * Tells Spoor what the user asked for, by a command that reads the prompt from stdin. A host that
 * cannot reach Spoor works on, so a failure is reported and not thrown.
 */
export const declareIntent = (
  command: readonly string[],
  prompt: string,
): Promise<'declared' | 'not declared'> => {
  const [program, ...args] = command;
  if (program === undefined) return Promise.resolve('not declared');
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', () => resolve('not declared'));
    child.once('close', (code) => resolve(code === 0 ? 'declared' : 'not declared'));
    // A command that does not read its input closes the pipe early; its exit code says enough.
    child.stdin.on('error', () => undefined);
    child.stdin.end(prompt);
  });
};
