import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPrivate, locateHome, prepareHome, readHubAddress, readToken } from '../src/home.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spoor-home-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isPosix = process.platform !== 'win32';
const unsafe = expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE' });

describe('locateHome', () => {
  it('follows SPOOR_HOME, then the XDG folders, then their defaults', () => {
    const state = join(homedir(), '.local', 'state', 'spoor');
    expect(locateHome({}).folder).toBe(state);
    expect(locateHome({ XDG_STATE_HOME: '/s' }).folder).toBe('/s/spoor');
    expect(locateHome({ XDG_STATE_HOME: '/s', SPOOR_HOME: '/h' }).folder).toBe('/h');
    expect(locateHome({ XDG_STATE_HOME: '', SPOOR_HOME: '' }).folder).toBe(state);
    expect(locateHome({ XDG_CONFIG_HOME: '/c' }).config).toBe('/c/spoor/config.yaml');
    expect(locateHome({ SPOOR_CONFIG: '/c/mine.yaml' }).config).toBe('/c/mine.yaml');
    expect(locateHome({ SPOOR_CONFIG: '/c' }).config).toBe('/c/config.yaml');
  });

  it('ignores relative XDG folders, and makes SPOOR_HOME absolute', () => {
    expect(locateHome({ XDG_STATE_HOME: 'here' })).toEqual(locateHome({}));
    expect(locateHome({ XDG_CONFIG_HOME: 'here' }).config).toBe(locateHome({}).config);
    expect(locateHome({ SPOOR_HOME: 'here' }).folder).toBe(join(process.cwd(), 'here'));
  });

  it('gives one home one name, with a slash at its end or without', () => {
    expect(locateHome({ SPOOR_HOME: '/h/' })).toEqual(locateHome({ SPOOR_HOME: '/h' }));
  });

  it.runIf(isPosix)('finds a short path for the socket of a home with a long one', () => {
    const long = `/${'x'.repeat(200)}`;
    const { socket } = locateHome({ SPOOR_HOME: long });
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    expect(locateHome({ SPOOR_HOME: long }).socket).toBe(socket);
    expect(locateHome({ SPOOR_HOME: `${long}y` }).socket).not.toBe(socket);
    // Bytes count, not characters.
    expect(locateHome({ SPOOR_HOME: `/${'ä'.repeat(60)}` }).socket).not.toContain('ä');
    expect(locateHome({ SPOOR_HOME: '/h' }).socket).toBe('/h/hub.sock');
  });
});

describe.runIf(isPosix)('prepareHome', () => {
  it('makes a folder for us alone, again and again', () => {
    const home = locateHome({ SPOOR_HOME: join(folder, 'a', 'b') });
    prepareHome(home);
    prepareHome(home);
    expect(statSync(home.folder).mode & 0o777).toBe(0o700);
  });

  it('makes the folder of a short socket path, too', () => {
    const home = locateHome({ SPOOR_HOME: join(folder, 'x'.repeat(120)) });
    prepareHome(home);
    expect(statSync(join(home.socket, '..')).mode & 0o777).toBe(0o700);
  });

  it('refuses a folder that is a link, even with a slash at its end', () => {
    mkdirSync(join(folder, 'real'), { mode: 0o700 });
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    for (const path of ['link', 'link/']) {
      const home = locateHome({ SPOOR_HOME: `${folder}/${path}` });
      expect(() => prepareHome(home)).toThrow(unsafe);
    }
  });

  it('says so where no folder can be made', () => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    for (const path of ['file', 'file/below', 'dangling']) {
      const home = locateHome({ SPOOR_HOME: join(folder, path) });
      expect(() => prepareHome(home), path).toThrow(
        expect.objectContaining({ code: 'STATE_FOLDER_UNUSABLE' }),
      );
    }
  });
});

describe.runIf(isPosix)('checkPrivate', () => {
  it('accepts modes that are for the owner alone', () => {
    for (const mode of [0o700, 0o500]) {
      chmodSync(folder, mode);
      expect(() => checkPrivate(folder), mode.toString(8)).not.toThrow();
    }
    chmodSync(folder, 0o700);
  });

  it('refuses any bit for group or others', () => {
    for (const bit of [0o001, 0o002, 0o004, 0o010, 0o020, 0o040]) {
      chmodSync(folder, 0o700 | bit);
      expect(() => checkPrivate(folder), bit.toString(8)).toThrow(unsafe);
    }
  });

  it('refuses what is no folder', () => {
    writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
    expect(() => checkPrivate(join(folder, 'file'))).toThrow(unsafe);
  });

  it('refuses a folder of another user', () => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, 1, 1);
    expect(() => checkPrivate(isRoot ? folder : '/')).toThrow(/belongs to uid/);
  });
});

describe('what a hub leaves in its home', () => {
  it('is the token, trimmed, or nothing', () => {
    const home = locateHome({ SPOOR_HOME: folder });
    expect(readToken(home)).toBeUndefined();
    writeFileSync(home.tokenFile, 'secret\n', { mode: 0o600 });
    expect(readToken(home)).toBe('secret');
    expect(readToken(locateHome({ SPOOR_HOME: join(folder, 'none') }))).toBeUndefined();
  });

  it.runIf(isPosix)('is not read from a folder that others can write to', () => {
    const home = locateHome({ SPOOR_HOME: folder });
    writeFileSync(home.tokenFile, 'secret\n');
    chmodSync(folder, 0o777);
    expect(() => readToken(home)).toThrow(unsafe);
  });

  it('is its address, or nothing where the file is damaged', () => {
    const home = locateHome({ SPOOR_HOME: folder });
    const address = { pid: 12, url: 'http://127.0.0.1:4317', version: '0.1.0' };
    expect(readHubAddress(home)).toBeUndefined();
    writeFileSync(home.hubFile, JSON.stringify({ ...address, more: true }));
    expect(readHubAddress(home)).toEqual(address);
    for (const text of ['', 'null', '[]', '{"pid":"12"}', '{"pid":12,"url":"x"}', '{']) {
      writeFileSync(home.hubFile, text);
      expect(readHubAddress(home), text).toBeUndefined();
    }
  });
});
