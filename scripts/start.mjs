// `npm start`: builds when needed, then runs the command in this process.
import { createRequire } from 'node:module';
import './build.when.stale.mjs';

// A failed build has set the exit code.
if (!process.exitCode) createRequire(import.meta.url)('../bin/llm-proxy.cjs');
