/** What a request's body usually is; the proxy must not care. */
export type BodyKind = 'none' | 'json' | 'multipart' | 'binary' | 'sdp';

/** One operation of the OpenAI API. `{…}` stands for an id. */
export interface Operation {
  method: string;
  path: string;
  body: BodyKind;
}

const of = (body: BodyKind, lines: string): Operation[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))
    .map(([method = '', path = '']) => ({ method, path, body }));

/** Every operation of the API reference, and two that only its query distinguishes. */
export const OPERATIONS: readonly Operation[] = [
  ...of(
    'json',
    `POST /v1/chat/completions
     POST /v1/chat/completions/{completion}
     POST /v1/completions
     POST /v1/responses
     POST /v1/responses/{response}/cancel
     POST /v1/responses/compact
     POST /v1/responses/input_tokens
     POST /v1/embeddings
     POST /v1/moderations
     POST /v1/audio/speech
     POST /v1/images/generations
     POST /v1/videos/{video}/remix
     POST /v1/batches
     POST /v1/batches/{batch}/cancel
     POST /v1/uploads
     POST /v1/uploads/{upload}/complete
     POST /v1/uploads/{upload}/cancel
     POST /v1/vector_stores
     POST /v1/vector_stores/{store}
     POST /v1/vector_stores/{store}/search
     POST /v1/vector_stores/{store}/files
     POST /v1/vector_stores/{store}/files/{file}
     POST /v1/vector_stores/{store}/file_batches
     POST /v1/vector_stores/{store}/file_batches/{batch}/cancel
     POST /v1/fine_tuning/jobs
     POST /v1/fine_tuning/jobs/{job}/cancel
     POST /v1/fine_tuning/jobs/{job}/pause
     POST /v1/fine_tuning/jobs/{job}/resume
     POST /v1/fine_tuning/checkpoints/{checkpoint}/permissions
     POST /v1/fine_tuning/alpha/graders/run
     POST /v1/fine_tuning/alpha/graders/validate
     POST /v1/evals
     POST /v1/evals/{eval}
     POST /v1/evals/{eval}/runs
     POST /v1/evals/{eval}/runs/{run}
     POST /v1/containers
     POST /v1/conversations
     POST /v1/conversations/{conversation}
     POST /v1/conversations/{conversation}/items
     POST /v1/realtime/client_secrets
     POST /v1/realtime/sessions
     POST /v1/realtime/transcription_sessions
     POST /v1/realtime/calls/{call}/accept
     POST /v1/realtime/calls/{call}/hangup
     POST /v1/realtime/calls/{call}/refer
     POST /v1/realtime/calls/{call}/reject
     POST /v1/assistants
     POST /v1/assistants/{assistant}
     POST /v1/threads
     POST /v1/threads/{thread}
     POST /v1/threads/runs
     POST /v1/threads/{thread}/messages
     POST /v1/threads/{thread}/messages/{message}
     POST /v1/threads/{thread}/runs
     POST /v1/threads/{thread}/runs/{run}
     POST /v1/threads/{thread}/runs/{run}/cancel
     POST /v1/threads/{thread}/runs/{run}/submit_tool_outputs
     POST /v1/chatkit/sessions
     POST /v1/chatkit/sessions/{session}/cancel`,
  ),
  ...of(
    'multipart',
    `POST /v1/files
     POST /v1/uploads/{upload}/parts
     POST /v1/audio/transcriptions
     POST /v1/audio/translations
     POST /v1/images/edits
     POST /v1/images/variations
     POST /v1/videos
     POST /v1/containers/{container}/files`,
  ),
  ...of('sdp', 'POST /v1/realtime/calls'),
  ...of('binary', 'PUT /v1/uploads/{upload}/raw\nPATCH /v1/files/{file}'),
  ...of(
    'none',
    `GET /v1/chat/completions
     GET /v1/chat/completions/{completion}
     GET /v1/chat/completions/{completion}/messages
     DELETE /v1/chat/completions/{completion}
     GET /v1/responses/{response}
     GET /v1/responses/{response}?stream=true&starting_after={n}
     GET /v1/responses/{response}?include[]=reasoning.encrypted_content
     GET /v1/responses/{response}/input_items
     DELETE /v1/responses/{response}
     GET /v1/models
     GET /v1/models/{model}
     DELETE /v1/models/{model}
     GET /v1/files
     GET /v1/files/{file}
     GET /v1/files/{file}/content
     HEAD /v1/files/{file}/content
     DELETE /v1/files/{file}
     GET /v1/videos
     GET /v1/videos/{video}
     GET /v1/videos/{video}/content?variant=thumbnail
     DELETE /v1/videos/{video}
     GET /v1/batches
     GET /v1/batches/{batch}
     GET /v1/vector_stores
     GET /v1/vector_stores/{store}
     DELETE /v1/vector_stores/{store}
     GET /v1/vector_stores/{store}/files
     GET /v1/vector_stores/{store}/files/{file}
     GET /v1/vector_stores/{store}/files/{file}/content
     DELETE /v1/vector_stores/{store}/files/{file}
     GET /v1/vector_stores/{store}/file_batches/{batch}
     GET /v1/vector_stores/{store}/file_batches/{batch}/files
     GET /v1/fine_tuning/jobs
     GET /v1/fine_tuning/jobs/{job}
     GET /v1/fine_tuning/jobs/{job}/events
     GET /v1/fine_tuning/jobs/{job}/checkpoints
     GET /v1/fine_tuning/checkpoints/{checkpoint}/permissions
     DELETE /v1/fine_tuning/checkpoints/{checkpoint}/permissions/{permission}
     GET /v1/evals
     GET /v1/evals/{eval}
     DELETE /v1/evals/{eval}
     GET /v1/evals/{eval}/runs
     GET /v1/evals/{eval}/runs/{run}
     DELETE /v1/evals/{eval}/runs/{run}
     GET /v1/evals/{eval}/runs/{run}/output_items
     GET /v1/evals/{eval}/runs/{run}/output_items/{item}
     GET /v1/containers
     GET /v1/containers/{container}
     DELETE /v1/containers/{container}
     GET /v1/containers/{container}/files
     GET /v1/containers/{container}/files/{file}
     GET /v1/containers/{container}/files/{file}/content
     DELETE /v1/containers/{container}/files/{file}
     GET /v1/conversations/{conversation}
     DELETE /v1/conversations/{conversation}
     GET /v1/conversations/{conversation}/items
     GET /v1/conversations/{conversation}/items/{item}
     DELETE /v1/conversations/{conversation}/items/{item}
     GET /v1/assistants
     GET /v1/assistants/{assistant}
     DELETE /v1/assistants/{assistant}
     GET /v1/threads/{thread}
     DELETE /v1/threads/{thread}
     GET /v1/threads/{thread}/messages
     GET /v1/threads/{thread}/messages/{message}
     DELETE /v1/threads/{thread}/messages/{message}
     GET /v1/threads/{thread}/runs
     GET /v1/threads/{thread}/runs/{run}
     GET /v1/threads/{thread}/runs/{run}/steps
     GET /v1/threads/{thread}/runs/{run}/steps/{step}
     GET /v1/chatkit/threads
     GET /v1/chatkit/threads/{thread}
     GET /v1/chatkit/threads/{thread}/items
     DELETE /v1/chatkit/threads/{thread}
     OPTIONS /v1/models`,
  ),
];
