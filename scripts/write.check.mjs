// Checks that the rooms of managed resources write to the database only through the manager of a `Change`, within
// `Changes.commit`: rows, revision and invalidation of a management call commit together.
import { globSync } from 'node:fs';
import ts from 'typescript';

const ROOMS = ['src/operator', 'src/project', 'src/token'];
const WRITES = new Set(
  (
    'clear createQueryRunner decrement delete execute increment insert query recover remove restore save ' +
    'softDelete softRemove transaction update updateAll upsert'
  ).split(' '),
);
/** Files that write for requests or by a timer instead of for management calls, each with the reason. */
const EXCEPTIONS = {
  'src/operator/session/session.cleanup.ts': 'no call and no cache needs a session that ended 30 days ago',
  'src/project/ledger/project.ledger.sql.ts': 'takes belong to proxied requests',
  'src/token/ledger/ledger.sql.ts': 'takes and request counts belong to proxied requests',
  'src/token/warnings/token.warnings.ts': 'no cache reads the columns of the next warning',
  'src/token/token.lookup.ts': 'a proxied request hashes its token with the current key',
};

const posix = (file) => file.replaceAll('\\', '/');
const isOfTypeorm = (symbol) =>
  symbol?.declarations?.some((node) => /node_modules\/typeorm\//.test(posix(node.getSourceFile().fileName))) ?? false;

/** True for `change.manager` and `this.change.manager`, whatever the variable is called. */
const isManagerOfChange = (node, checker) =>
  ts.isPropertyAccessExpression(node) &&
  node.name.text === 'manager' &&
  checker.getTypeAtLocation(node.expression).symbol?.name === 'Change';

/** What a node does that only `commit` may do; undefined for any other node. */
function forbidden(node, checker) {
  if (ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'DataSource') return 'imports DataSource';
  if (!ts.isPropertyAccessExpression(node) || !WRITES.has(node.name.text)) return undefined;
  if (!isOfTypeorm(checker.getSymbolAtLocation(node.name))) return undefined;
  return isManagerOfChange(node.expression, checker) ? undefined : `writes by ${node.getText()}`;
}

function findingsIn(file, checker) {
  const found = [];
  const visit = (node) => {
    const what = forbidden(node, checker);
    if (what) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** One line for each write outside `commit`, and for each exception without a write. */
export function writesOutsideCommit() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const names = ROOMS.flatMap((room) => globSync(`${room}/**/*.ts`)).filter((name) => !name.endsWith('.spec.ts'));
  if (names.length === 0) return [`no file was read in ${ROOMS.join(' or ')}`];
  const program = ts.createProgram(names, options);
  const checker = program.getTypeChecker();
  return names.map(posix).flatMap((name) => {
    const findings = findingsIn(program.getSourceFile(name), checker);
    if (!(name in EXCEPTIONS))
      return findings.map(({ line, what }) => `${name}:${line} ${what} outside Changes.commit`);
    return findings.length > 0 ? [] : [`${name} writes nothing: its exception in scripts/write.check.mjs is stale`];
  });
}
