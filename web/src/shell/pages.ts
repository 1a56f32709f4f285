import { Activity, BarChart3, FolderKey, Gauge, KeyRound, ScrollText, Server } from 'lucide-react';

/** Path, name, sign, and the key that leads there after `g`. */
export const PAGES = [
  { to: '/', text: 'Dashboard', Icon: Gauge, key: 'd' },
  { to: '/projects', text: 'Projects', Icon: FolderKey, key: 'p' },
  { to: '/tokens', text: 'Tokens', Icon: KeyRound, key: 't' },
  { to: '/requests', text: 'Requests', Icon: Activity, key: 'r' },
  { to: '/usage', text: 'Usage & cost', Icon: BarChart3, key: 'u' },
  { to: '/audit', text: 'Audit', Icon: ScrollText, key: 'a' },
  { to: '/system', text: 'System', Icon: Server, key: 's' },
] as const;
