/** The part of its time or requests below which a token withers, as the server says it. */
const WITHERING = 0.2;

/** How far something has run down, by the part that is left. */
export function stageOf(left: number): 'fresh' | 'withering' | 'withered' {
  if (left <= 0) return 'withered';
  return left <= WITHERING ? 'withering' : 'fresh';
}
