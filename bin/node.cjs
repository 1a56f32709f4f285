// Which Node runs the program, and how another one is started. Old syntax only: it must also run on a Node that is too old.
'use strict';

var fs = require('fs');
var path = require('path');

/** The oldest Node that runs the program. */
var REQUIRED = [22, 19];
var PLATFORM = process.platform + '-' + process.arch;
/** What must exist for the Node that npm installed to start: Alpine and NixOS do not have it. */
var LOADERS = { 'linux-x64': '/lib64/ld-linux-x86-64.so.2', 'linux-arm64': '/lib/ld-linux-aarch64.so.1' };
var FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'];

function isTooOld(version) {
  var parts = version.split('.').map(Number);
  return parts[0] < REQUIRED[0] || (parts[0] === REQUIRED[0] && parts[1] < REQUIRED[1]);
}

/** The Node that npm installed for this platform (optionalDependencies); undefined when there is none that starts. */
function bundledNode() {
  if (LOADERS[PLATFORM] && !fs.existsSync(LOADERS[PLATFORM])) return undefined;
  try {
    var home = path.dirname(require.resolve('node-' + PLATFORM + '/package.json'));
    return path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/** One sentence for a Node that is too old, without another one to use. */
function requirement() {
  var wanted = 'Node ' + REQUIRED.join('.') + ' or newer is required: this is ' + process.versions.node;
  return wanted + ', and npm has installed no Node for ' + PLATFORM;
}

function refuse(message) {
  process.stderr.write('llm-proxy: ' + message + '\n');
  process.exitCode = 1;
}

/** Runs a command, forwards signals to it, and ends with the same exit code or signal. */
function run(command, args, options) {
  var settings = { stdio: 'inherit', env: process.env };
  for (var name in options) settings[name] = options[name];
  var child = require('child_process').spawn(command, args, settings);
  // A terminal sends these signals to parent and child. The child must not get one twice: a second signal ends running requests.
  var isShared = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  var onTerminal = { SIGINT: isShared, SIGHUP: isShared };
  FORWARDED.forEach(function (signal) {
    process.on(signal, function () {
      if (!onTerminal[signal]) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    refuse(command + ' cannot be started (' + error.code + ')');
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

module.exports = {
  bundledNode: bundledNode,
  isTooOld: isTooOld,
  refuse: refuse,
  requirement: requirement,
  run: run,
};
