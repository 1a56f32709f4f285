/** Every form a secret may take on its way out (hostile-inputs, group SL). */
export function secretForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inner = secret.slice(8, -2);
  return [
    secret,
    inner,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(secret),
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    [...secret].toReversed().join(''),
    JSON.stringify([...bytes]).slice(1, -1),
  ];
}
