/**
 * Prefix of the WebSocket subprotocol that carries an API key, because a browser cannot set headers on a WebSocket:
 * https://platform.openai.com/docs/guides/realtime-websocket.
 */
export const KEY_SUBPROTOCOL = 'openai-insecure-api-key.';
