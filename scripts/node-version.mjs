// Loaded before a TypeScript script, by a Node that may be too old to read one: so this is
// JavaScript.
const NODE_MAJOR_MIN = 24;

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `This needs Node ${NODE_MAJOR_MIN} or newer; ${process.execPath} is ${process.version}.\n` +
      'On Linux (x64, arm64) and Windows (x64) `npm ci` installs one for this repository;\n' +
      'elsewhere, put one on the PATH.\n',
  );
  process.exit(1);
}
