import { describe, expect, it } from 'vitest';
import { routeClassOf } from './route.class.js';

describe(routeClassOf.name, () => {
  it.each([
    ['/v1', 'proxied'],
    ['/v1/', 'proxied'],
    ['/v1/models', 'proxied'],
    ['/v1/*', 'proxied'],
    ['/manage', 'management'],
    ['/manage/projects/:id', 'management'],
    ['/live', 'health'],
    ['/ready', 'health'],
    ['/health', 'health'],
    ['/', 'page'],
    ['/docs', 'page'],
    ['/v10/models', 'page'],
    ['/v1x', 'page'],
    ['/V1/models', 'page'],
    ['/managed', 'page'],
    ['/health/', 'page'],
    ['v1/', 'page'],
    ['', 'page'],
  ])('says that %j is %s', (path, routeClass) => expect(routeClassOf(path)).toBe(routeClass));
  it('does not take what stands behind /manage for the proxied API', () => {
    expect(routeClassOf('/manage/v1/')).toBe('management');
  });
});
