#!/usr/bin/env node
// The launcher of the `llm-proxy` command. Old syntax only: it must also run on a Node that is too old for the program.
'use strict';

var fs = require('fs');
var path = require('path');
var node = require('./node.cjs');

var ROOT = path.join(__dirname, '..');
var MAIN = path.join(ROOT, 'dist', 'bundle', 'main.js');
var VERSION_WORDS = ['-v', '-V', '--version', 'version'];
/** MiB for new objects: docs/decisions/0023-small-young-generation.md. */
var YOUNG_GENERATION = '--max-semi-space-size=8';

/** Help, version and completion, from files written at build time: loading the program takes most of a second. */
function preparedText(args) {
  if (args.length === 1 && VERSION_WORDS.indexOf(args[0]) >= 0) return readJson('package.json').version + '\n';
  var last = args[args.length - 1];
  var words = args;
  if (args[0] === 'help') words = args.slice(1);
  else if (last === '--help' || last === '-h') words = args.slice(0, -1);
  else if (args[0] === 'completion' && args.length === 2)
    return own(readJson(path.join('dist', 'completion.json')), args[1]);
  else if (args.length > 0) return undefined;
  return own(readJson(path.join('dist', 'help.json')), words.join(' '));
}

function own(texts, key) {
  return Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] : undefined;
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));
  } catch {
    return {};
  }
}

/** With a listener of its own for SIGUSR1, Node opens no inspector, which would show the secrets of the process. */
function disableInspector() {
  process.on('SIGUSR1', function () {});
}

/** Node caches compiled code in dist/cache. Without write access it runs uncached. */
function start() {
  require('module').enableCompileCache(path.join(ROOT, 'dist', 'cache'));
  require(MAIN);
}

function run(args) {
  var text = preparedText(args);
  if (text !== undefined) return void process.stdout.write(text);
  if (!fs.existsSync(MAIN)) return node.refuse('the program is not built: run `npm run build` in ' + ROOT);
  launch(args);
}

function launch(args) {
  disableInspector();
  if (!node.isTooOld(process.versions.node)) return start();
  var bundled = node.bundledNode();
  if (bundled === undefined) return node.refuse(node.requirement());
  node.run(bundled, process.execArgv.concat(YOUNG_GENERATION, __filename, args));
}

// A reader that closes the pipe (`llm-proxy --help | head`) is not an error.
process.stdout.on('error', function () {});
run(process.argv.slice(2));
