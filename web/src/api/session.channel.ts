import { BASE } from './base';

/** What another page of this browser did: the cookie that it changed is that of every page. */
export type SessionNews = 'signed in' | 'signed out';

const channel = new BroadcastChannel(`llm_proxy ${BASE}`);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
export const tellOtherPages = (news: SessionNews): void => channel.postMessage(news);

/** Calls `listener` whenever another page has signed in or out. Returns how to stop that. */
export function whenOtherPage(listener: (news: SessionNews) => void): () => void {
  const onMessage = ({ data }: MessageEvent<SessionNews>): void => listener(data);
  channel.addEventListener('message', onMessage);
  return () => channel.removeEventListener('message', onMessage);
}
