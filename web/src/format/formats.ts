const pad = (n: number): string => String(n).padStart(2, '0');
const ymd = (d: Date): string => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
const hm = (d: Date): string => `${pad(d.getHours())}:${pad(d.getMinutes())}`;
const hms = (d: Date): string => `${hm(d)}:${pad(d.getSeconds())}`;
const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
const longForm = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short' });
const dateForm = new Intl.DateTimeFormat('en-US', { dateStyle: 'long' });
const zoneOf = (d: Date): string => zone.formatToParts(d).find(({ type }) => type === 'timeZoneName')?.value ?? '';

/** How an instant is written, by the names that `data-format` has. In the viewer's zone. */
export const FORMATS = {
  ymd_hm: (d: Date): string => `${ymd(d)} ${hm(d)}`,
  ymd_hms: (d: Date): string => `${ymd(d)} ${hms(d)}`,
  ymd_hms_tz: (d: Date): string => `${ymd(d)} ${hms(d)} ${zoneOf(d)}`,
  long: (d: Date): string => longForm.format(d),
  date_only: (d: Date): string => dateForm.format(d),
};

export type TimeFormat = keyof typeof FORMATS;
