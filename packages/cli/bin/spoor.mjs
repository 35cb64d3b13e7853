#!/usr/bin/env node
// Runs Spoor on a Node that can: the one on the PATH if it is new enough, else the one that is
// pinned as a dependency.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const source = new URL('../src/main.ts', import.meta.url);
const main = existsSync(source) ? source : new URL('../dist/main.js', import.meta.url);
/** Only newer Nodes strip types; what was compiled needs `node:sqlite` without a flag. */
const [majorMin, minorMin] = main === source ? [24, 0] : [22, 15];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > majorMin || (major === majorMin && minor >= minorMin)) {
  keepWebAssembly();
  module.enableCompileCache?.();
  await import(main.href);
} else {
  runOn(pinnedNode());
}

/**
 * Threads of one process share V8's table of compiled WebAssembly, which Node itself uses to strip
 * types, to read CommonJS and to parse HTTP. Freeing in it while another thread adds to it can
 * abort the process (nodejs/node#64500), so what is compiled stays, and is compiled once.
 */
function keepWebAssembly() {
  v8.setFlagsFromString('--no-wasm-code-gc');
  v8.setFlagsFromString('--wasm-wrapper-tiering-budget=2000000000');
}

function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    const manifest = module
      .createRequire(import.meta.url)
      .resolve(`node-${platform}-${process.arch}/package.json`);
    return fileURLToPath(new URL(executable, `file://${manifest}`));
  } catch {
    process.stderr.write(
      `spoor: needs Node ${majorMin}.${minorMin} or newer, this is ${process.version}\n`,
    );
    process.exit(1);
  }
}

/**
 * This process stays as a shell around the other: it passes signals on and ends as the other ends.
 */
function runOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  const signals = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // A terminal interrupts both; one that is sent to this process alone goes on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => {
    process.stderr.write(`spoor: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 0);
    for (const one of [...signals, 'SIGINT']) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
}
