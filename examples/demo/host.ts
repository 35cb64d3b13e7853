/**
 * A real MCP host that plays one story and exits: 0 when every call went as the story expects,
 * 1 when one did not, 2 when the command line is wrong. One process is one session.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connect } from './connect.ts';
import { declareIntent } from './intent.ts';
import { type HostOptions, parseOptions, USAGE } from './options.ts';
import { playStory, type StepReport } from './play.ts';
import { serverCommand, wrapped } from './servers.ts';
import type { ServerName } from './story.ts';

const MARKS = { ok: '✓', denied: '✗', error: '!' } as const;

const humanLine = ({ story, server, tool, status, case: caseId = '' }: StepReport): string =>
  `${MARKS[status]} ${story}: ${server} ${tool} ${status} ${caseId}`.trimEnd();

const layOut = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
};

const run = async (options: HostOptions): Promise<boolean> => {
  const { story, workdir, renamed } = options;
  const folder = join(workdir, 'files');
  await layOut(folder, story.files);
  await declareIntent(options.intent, story.prompt);
  const servers = { folder, stateFolder: workdir, renamed };
  return playStory(story, {
    folder,
    renamed,
    connect: (name: ServerName) =>
      connect(wrapped(serverCommand(name, servers), options.prefix, name)),
    report: (line) => console.log(options.json ? JSON.stringify(line) : humanLine(line)),
  });
};

const parsed = parseOptions(process.argv.slice(2));
if (parsed.status === 'invalid') {
  console.error(`${parsed.message}\n${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await run(parsed.options)) ? 0 : 1;
  } catch (error) {
    console.error(
      `${parsed.options.story.name}: ${error instanceof Error ? error.message : error}`,
    );
    process.exitCode = 1;
  }
}
