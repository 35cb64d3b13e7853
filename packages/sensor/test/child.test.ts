import { expect, test } from 'vitest';
import { serverEnvironment } from '../src/child.ts';

test('a wrapped server sees nothing of Spoor', () => {
  const env = serverEnvironment({
    SPOOR_HOME: '/x',
    SPOOR_TOKEN: 't',
    HOME: '/h',
    EMPTY: undefined,
  });
  expect(env).toEqual({ HOME: '/h' });
});

test('what a package runner added is taken away, and only that', () => {
  const env = serverEnvironment({
    PATH: '/p/node_modules/.bin:/q/node-gyp-bin:/usr/bin:/late/node_modules/.bin',
    npm_execpath: '/npm',
    npm_config_x: '1',
    INIT_CWD: '/p',
    KEEP: '1',
  });
  expect(env).toEqual({ PATH: '/usr/bin:/late/node_modules/.bin', KEEP: '1' });
});

test('without a package runner the PATH stays as it is', () => {
  const path = '/p/node_modules/.bin:/usr/bin';
  expect(serverEnvironment({ PATH: path, npm_config_x: '1' })).toEqual({
    PATH: path,
    npm_config_x: '1',
  });
});
