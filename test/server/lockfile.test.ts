import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const manifest = read('package.json') as Manifest;
const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> };
const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

/** Every locked package but our own, by where it is installed. */
const locked = Object.entries(packages).filter(([place]) => place !== '');
const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const placesOf = (matches: (entry: LockedPackage) => boolean): string[] =>
  locked.filter(([, entry]) => matches(entry)).map(([place]) => place);

function isAtLeast(version: string, floor: string): boolean {
  const [have, need] = [version, floor].map((text) => text.split('-')[0]!.split('.').map(Number));
  const at = need!.findIndex((part, index) => part !== have![index]);
  return at === -1 || have![at]! > need![at]!;
}

/** Where a package looks for another: beside itself, then in every node_modules above. */
function resolves(place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (packages[`${folder}/node_modules/${name}`]) return true;
    if (!folder.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

describe('package-lock.json', () => {
  it('has packages', () => {
    expect(locked.length).toBeGreaterThan(100);
  });

  it('has the integrity of every package', () => {
    expect(placesOf(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('names no registry, no file and no link', () => {
    expect(placesOf(({ resolved, link }) => resolved !== undefined || link === true)).toEqual([]);
  });

  // npm leaves out what is not published for some platform, and `npm ci` then refuses the lock everywhere.
  it('contains every optional dependency that a package names', () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !resolves(place, name))
        .map((name) => `${nameOf(place)}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  // Older ones have known bugs in how they read requests or write queries.
  it.each([
    ['undici', '8.9.0'],
    ['fastify', '5.8.5'],
    ['typeorm', '0.3.26'],
  ])('has %s at %s or newer, wherever it is installed', (name, floor) => {
    const versions = locked.filter(([place]) => nameOf(place) === name).map(([, { version }]) => version);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => !isAtLeast(version, floor))).toEqual([]);
  });

  it('has no @fastify/express', () => {
    expect(locked.map(([place]) => nameOf(place))).not.toContain('@fastify/express');
  });

  it('has no package with an install script but those that package.json denies it to', () => {
    const denied = Object.keys(manifest.allowScripts).filter((name) => !manifest.allowScripts[name]);
    expect(
      placesOf(({ hasInstallScript }) => hasInstallScript === true)
        .map(nameOf)
        .toSorted(),
    ).toEqual(denied.toSorted());
  });
});

describe('package.json', () => {
  it('pins every direct dependency exactly', () => {
    expect(Object.entries(direct).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('has the versions that are locked', () => {
    const versions = Object.keys(direct).map((name) => [name, packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(versions)).toEqual(direct);
  });

  it('has a reason for every direct dependency in the decisions, and no other', () => {
    const page = readFileSync('docs/decisions/0009-dependencies.md', 'utf8');
    const explained = [...page.matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name!);
    expect(explained.toSorted()).toEqual(Object.keys(direct).toSorted());
  });
});
