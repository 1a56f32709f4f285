// Runs a command of this project on the Node that npm installed: `node scripts/node.cjs vitest run`. npm 10 and older do not
// link that Node, so its folder is put first in PATH here. Old syntax only: this file runs on the machine's own Node.
'use strict';

var path = require('path');
var node = require('../bin/node.cjs');

/** The oldest Node that npm's own programs and this project's packages can be installed with. */
var OLDEST = 20;
var BINARIES = path.join(__dirname, '..', 'node_modules', '.bin');
var IS_WINDOWS = process.platform === 'win32';

/** The Node for this project's commands. Undefined when there is none: then a sentence has been printed. */
function projectNode() {
  var version = process.versions.node;
  if (parseInt(version, 10) < OLDEST) {
    node.refuse(
      'Node ' +
        OLDEST +
        ' or newer is required: this is ' +
        version +
        '. Install a newer Node, then run `npm install` again',
    );
    return undefined;
  }
  var bundled = node.bundledNode();
  if (bundled !== undefined) return bundled;
  if (!node.isTooOld(version)) return process.execPath;
  node.refuse(node.requirement());
  return undefined;
}

function main(command, args) {
  var chosen = projectNode();
  if (chosen === undefined) return;
  process.env.PATH = [path.dirname(chosen), BINARIES, process.env.PATH].join(path.delimiter);
  if (command === 'node') node.run(chosen, args);
  else node.run(command, args, { shell: IS_WINDOWS });
}

main(process.argv[2], process.argv.slice(3));
