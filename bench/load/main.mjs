// The load generator runs in a process of its own, so that its cost is not measured.
import { closedLoop } from './closed.loop.mjs';
import { openLoop } from './open.loop.mjs';
import { closeStreams, firstBytes, openStreams, streams } from './streams.mjs';
import { upload } from './upload.mjs';

const KINDS = { closedLoop, openLoop, streams, firstBytes, openStreams, closeStreams, upload };

process.on('message', ({ kind, parameters }) => {
  KINDS[kind](parameters).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
