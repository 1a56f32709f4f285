#!/usr/bin/env node
// The launcher of the `llm-proxy` command. Old syntax only: it must also run on a Node that is too old for the program.
'use strict';

var fs = require('fs');
var path = require('path');

var ROOT = path.join(__dirname, '..');
var MAIN = path.join(ROOT, 'dist', 'bundle', 'main.js');
var REQUIRED = [22, 19];
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

function isTooOld(version) {
  var parts = version.split('.').map(Number);
  return parts[0] < REQUIRED[0] || (parts[0] === REQUIRED[0] && parts[1] < REQUIRED[1]);
}

/** The Node that npm installed for this platform (optionalDependencies); undefined when there is none. */
function bundledNode() {
  try {
    var home = path.dirname(require.resolve('node-' + process.platform + '-' + process.arch + '/package.json'));
    return path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function refuse(message) {
  process.stderr.write('llm-proxy: ' + message + '\n');
  process.exitCode = 1;
}

/** Runs this file again on another Node, and ends with the same exit code or signal. */
function runOn(node, args) {
  var child = require('child_process').spawn(node, process.execArgv.concat(YOUNG_GENERATION, __filename, args), {
    stdio: 'inherit',
  });
  // A terminal sends these signals to parent and child. The child must not get one twice: a second signal ends running requests.
  var isShared = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  var onTerminal = { SIGINT: isShared, SIGHUP: isShared };
  ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'].forEach(function (signal) {
    process.on(signal, function () {
      if (!onTerminal[signal]) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    refuse('the bundled Node cannot be started (' + error.code + ')');
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
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
  if (text !== undefined) process.stdout.write(text);
  else if (!fs.existsSync(MAIN)) refuse('the program is not built: run `npm run build` in ' + ROOT);
  else launch(args);
}

function launch(args) {
  disableInspector();
  if (!isTooOld(process.versions.node)) start();
  else if (bundledNode()) runOn(bundledNode(), args);
  else
    refuse(
      'Node ' +
        REQUIRED.join('.') +
        ' or newer is required: this is ' +
        process.versions.node +
        ', and the installation has no Node of its own',
    );
}

// A reader that closes the pipe (`llm-proxy --help | head`) is not an error.
process.stdout.on('error', function () {});
run(process.argv.slice(2));
