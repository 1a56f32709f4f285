import { describe, expect, it } from 'vitest';
import { cutDisplay, displayWidth, padDisplay } from './display.width.js';

describe(displayWidth.name, () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['Grüße…', 6],
    ['検索', 4],
    ['한국어', 6],
    ['カ', 2],
    ['ｶ', 1],
    ['Ａ', 2],
    ['🚀', 2],
    ['👩‍💻', 2],
    ['e\u0301', 1],
    ['a\u200b', 1],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe(cutDisplay.name, () => {
  it.each([
    ['project', 7, 'project'],
    ['project', 6, 'proje…'],
    ['検索チーム', 6, '検索…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['👩‍💻👩‍💻', 3, '👩‍💻…'],
    ['project', 1, '…'],
    ['project', 0, ''],
  ])('%j to %i is %j', (text, width, cut) => {
    expect(cutDisplay(text, width)).toBe(cut);
  });
});

describe(padDisplay.name, () => {
  it('counts columns', () => {
    expect([padDisplay('検', 4), padDisplay('abc', 2)]).toEqual(['検  ', 'abc']);
  });
});
