import { BASE } from '../api/base';

export type Theme = 'light' | 'dark' | 'system';

const YEAR_SECONDS = 31_536_000;

/** The choice of the person. */
export function chosenTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** Kept in a cookie that the server reads, so that no page flashes. Without one the system's choice counts. */
export function setTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
  const age = theme === 'system' ? 0 : YEAR_SECONDS;
  // The Cookie Store API is not there on plain http, where this page may be served.
  // oxlint-disable-next-line unicorn/no-document-cookie
  document.cookie = `llm_proxy_theme=${theme}; Path=${BASE}; Max-Age=${age}; SameSite=Strict`;
}
