// The load generator: a process of its own, so that what it costs is not what is measured.
import { closedLoop } from './closed.loop.mjs';
import { openLoop } from './open.loop.mjs';
import { firstBytes, hold, release, streams } from './streams.mjs';
import { upload } from './upload.mjs';

const KINDS = { closedLoop, openLoop, streams, firstBytes, hold, release, upload };

process.on('message', ({ kind, parameters }) => {
  KINDS[kind](parameters).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
