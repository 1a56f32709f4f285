import { API } from './base';
import { faultOf, unreachable } from './fault';

const send = async (method: string, init: RequestInit): Promise<void> => {
  const response = await fetch(`${API}/manage/session`, { method, ...init }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await faultOf(response);
};

export interface SignIn {
  /** Goes into one header and nowhere else. */
  token: string;
  /** How the person is called in the audit log. */
  name?: string | undefined;
  remember: boolean;
}

/** Exchanges the management token for a cookie that the page cannot read. Throws an `ApiFault`. */
export const signIn = ({ token, name, remember }: SignIn): Promise<void> =>
  send('POST', {
    headers: {
      authorization: `Bearer ${token.trim()}`,
      'content-type': 'application/json',
      'x-llm-proxy-admin': '1',
    },
    body: JSON.stringify({ remember, name }),
  });

/** Ends this session on every replica. */
export const signOut = (): Promise<void> => send('DELETE', { headers: { 'x-llm-proxy-admin': '1' } });
