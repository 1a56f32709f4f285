/** The introduction of the API document, in Markdown. */
export const API_DESCRIPTION = `The routes below manage projects and withering tokens. They need the management token, or the cookie of a session.

**The proxied API** is everything under \`/v1/\`: the OpenAI API itself. An app calls it with a withering token in place of
an OpenAI key:

\`\`\`
curl https://<this server>/v1/chat/completions \\
  -H "Authorization: Bearer sk-wt-…" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}'
\`\`\`

An SDK takes \`https://<this server>/v1\` as its base URL. Requests and responses pass unchanged, event streams, uploads and
WebSockets included. The proxy replaces the credential with the upstream key of the token's project. Errors of the proxy
itself have OpenAI's shape and an \`x-proxy-error\` header.

**First steps**: create a project with your upstream key, then create a token for the project.
`;
