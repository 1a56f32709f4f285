/** The limit of a management request's body. Proxied bodies are limited by MAX_REQUEST_SIZE instead. */
export const MAX_MANAGEMENT_BODY_BYTES = 1024 * 1024;

const UNIT_BYTES: Record<string, number> = { '': 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Bytes of `10485760`, `64KB`, `10MB`, `1GB` (powers of 1024); undefined for any other text. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,15})(B|KB|MB|GB)?$/i.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * UNIT_BYTES[(match[2] ?? '').toUpperCase()]!;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
