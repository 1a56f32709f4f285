import { API } from './base';
import { ApiFault, faultOf, unreachable } from './fault';
import { tellOtherPages } from './session.channel';

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

/** What a header can hold. No credential has anything else. */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

/** Exchanges the management token, or that of an operator, for a cookie that the page cannot read. Throws an `ApiFault`. */
export async function signIn({ token, name, remember }: SignIn): Promise<void> {
  if (!HEADER_TEXT.test(token)) throw new ApiFault(401, 'unauthorized', 'This is no token.');
  await send('POST', {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-llm-proxy-admin': '1' },
    body: JSON.stringify({ remember, name }),
  });
  tellOtherPages('signed in');
}

/** Ends this session on every replica. Throws an `ApiFault`; a session that has ended already is no fault. */
export async function signOut(): Promise<void> {
  try {
    await send('DELETE', { headers: { 'x-llm-proxy-admin': '1' } });
  } catch (error) {
    if (!(error instanceof ApiFault && error.status === 401)) throw error;
  }
  tellOtherPages('signed out');
}

/** Seconds that a session may outlive the browser, as the server wrote it into the page; 0 = it may not. */
export const rememberSeconds = (): number => Number(document.documentElement.dataset['remember'] ?? 0);
