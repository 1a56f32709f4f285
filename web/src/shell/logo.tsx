import type { ReactElement } from 'react';
import { BASE } from '../api/base';

export const Logo = (): ReactElement => (
  <span className="flex items-center gap-2.5 font-[650] tracking-tight">
    <img src={`${BASE}icon.svg`} alt="" width={24} height={24} className="rounded-md" />
    LLM Proxy
  </span>
);
