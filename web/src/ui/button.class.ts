const KIND = {
  primary: 'bg-leaf text-on-leaf hover:bg-leaf-hover border-transparent',
  plain: 'bg-surface text-ink hover:bg-hover border-line',
  quiet: 'bg-transparent text-soft hover:bg-hover hover:text-ink border-transparent',
  danger: 'bg-rust text-on-rust hover:bg-rust-hover border-transparent',
  'danger-quiet': 'bg-surface text-rust hover:bg-rust-wash border-line',
} as const;

export type ButtonKind = keyof typeof KIND;

/** The look of a button, for links that look like one too. */
export const buttonClass = (kind: ButtonKind = 'plain', extra = ''): string =>
  `inline-flex items-center justify-center gap-1.5 rounded-control border px-3 min-h-8 text-[0.8125rem] font-[550] whitespace-nowrap cursor-default select-none transition-colors disabled:opacity-50 aria-disabled:opacity-50 ${KIND[kind]} ${extra}`;
