/** Keeps no process alive. */
export const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Whether it took too long or could not be done. */
export function within<Value extends object>(
  budgetMs: number,
  promise: Promise<Value>,
): Promise<Value | 'late' | 'failed'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('late'), budgetMs);
    const settle = (value: Value | 'failed'): void => {
      clearTimeout(timer);
      resolve(value);
    };
    promise.then(settle, () => settle('failed'));
  });
}
