#!/usr/bin/env node
// The door of the `llm-proxy` command. Plain old syntax: it must run on a Node that is too old for the program itself.
'use strict';

var fs = require('fs');
var path = require('path');

var ROOT = path.join(__dirname, '..');
var MAIN = path.join(ROOT, 'dist', 'bundle', 'main.js');
var NEEDED = [22, 19];
/** MiB for new objects; see docs/performance.md. */
var YOUNG = '--max-semi-space-size=8';

/** Help and version, rendered at build time: loading the program for them would take most of a second. */
function prepared(args) {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V'))
    return readJson('package.json').version + '\n';
  var last = args[args.length - 1];
  var words = args;
  if (args[0] === 'help') words = args.slice(1);
  else if (last === '--help' || last === '-h') words = args.slice(0, -1);
  else if (args.length > 0) return undefined;
  var help = readJson(path.join('dist', 'help.json'));
  var key = words.join(' ');
  return Object.prototype.hasOwnProperty.call(help, key) ? help[key] : undefined;
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
  return parts[0] < NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] < NEEDED[1]);
}

/** The Node that npm brought along for this platform (optionalDependencies). */
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

/** Runs this file again on the other Node and ends as it ends. */
function hop(node, args) {
  var child = require('child_process').spawn(node, process.execArgv.concat(YOUNG, __filename, args), {
    stdio: 'inherit',
  });
  // A terminal sends these to parent and child alike, and a second one would cut what the first lets finish.
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

/** Node keeps there what it made of the program's files; where it cannot write, it goes without. */
function start() {
  require('module').enableCompileCache(path.join(ROOT, 'dist', 'cache'));
  require(MAIN);
}

function run(args) {
  var text = prepared(args);
  if (text !== undefined) process.stdout.write(text);
  else if (!fs.existsSync(MAIN)) refuse('it has not been built: run `npm run build` in ' + ROOT);
  else if (!isTooOld(process.versions.node)) start();
  else if (bundledNode()) hop(bundledNode(), args);
  else
    refuse(
      'Node ' +
        NEEDED.join('.') +
        ' or newer is needed, this is ' +
        process.versions.node +
        ', and none came with the installation',
    );
}

// A reader that went away (`llm-proxy --help | head`) is no error of ours.
process.stdout.on('error', function () {});
run(process.argv.slice(2));
