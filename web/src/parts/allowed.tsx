import type { ReactElement, ReactNode } from 'react';
import { Lock } from 'lucide-react';
import { may } from '../api/may';
import { useMe } from '../api/me';
import { Empty, Loading } from '../ui/state';

export interface AllowedProps {
  needs: 'tokens' | 'admin';
  /** What it is: "create projects". */
  what: string;
  children: ReactNode;
}

/** A form for who may send it; a sentence for who got to its address without. */
export function Allowed({ needs, what, children }: AllowedProps): ReactElement {
  const me = useMe();
  if (me === undefined) return <Loading />;
  if (may(me, needs)) return <>{children}</>;
  return (
    <Empty
      icon={<Lock size={28} />}
      title="Not with your role"
      text={`You are signed in as a ${me.role}: you may not ${what}. An administrator can do it, or give you another role.`}
    />
  );
}
