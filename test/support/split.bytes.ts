/** Splits bytes at the given positions, each taken modulo the length. */
export function splitBytes(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i]));
}
