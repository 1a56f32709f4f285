// The floors of the house: a room imports only from floors below its own, and rooms of one floor do not import each other (docs/architecture/index.md).
const FLOORS = [
  ['common'],
  ['openai'],
  ['config', 'http'],
  ['crypto', 'database', 'metrics', 'redis', 'upstream'],
  ['replicas'],
  ['audit', 'auth'],
  ['changes', 'events'],
  ['limits'],
  ['project'],
  ['operator', 'token'],
  ['admin', 'dispatcher', 'health', 'maintenance', 'proxy', 'reporting'],
  ['server'],
  ['process'],
  ['cli'],
];
/** Inside a large room its folders have floors of their own. */
const INNER = {
  common: [['audit'], ['values'], ['connection', 'errors'], ['logging', 'rest']],
  config: [['values'], ['environment', 'prices'], ['provider']],
  openai: [['usage'], ['prices']],
  database: [['dialect'], ['pools', 'sqlite']],
  events: [['event'], ['store'], ['journal']],
  project: [['labels', 'ledger', 'listing']],
  token: [['status', 'warnings'], ['ledger', 'listing', 'own'], ['lookup', 'replacement', 'retention', 'revocation']],
  dispatcher: [['sinks'], ['delivery', 'streams']],
  audit: [['row'], ['chain'], ['file']],
  auth: [['session']],
  operator: [['session']],
  health: [['system']],
  reporting: [['names', 'time'], ['audit', 'dead', 'requests', 'streams', 'usage'], ['overview'], ['projects', 'search']],
  proxy: [['body', 'injection'], ['admission'], ['relay'], ['usage'], ['websocket']],
  cli: [
    ['terminal'],
    ['environment'],
    ['completion', 'events', 'manage', 'migrate', 'prices', 'server'],
    ['doctor', 'setup'],
  ],
};
/** Rooms whose folders build on the files beside them too: their entity, view and services. Cycles are refused there as well. */
const SHARES_FILES = new Set(['health', 'operator', 'project', 'token']);
/** Files outside every room: the plan of the application, which a process and the HTTP server start from. */
const PLAN = '^src/[^/]+\\.ts$';
/** From this floor on a room may start from the plan of the application. */
const PLAN_FROM = FLOORS.findIndex((rooms) => rooms.includes('server'));
const room = (name) => `^src/${name}/`;

/** One rule a room: it may reach itself, the floors below, shared files and, high enough, the plan; nothing else inside `parent`. */
const rulesOf = (floors, parent, label) =>
  floors.flatMap((rooms, floor) =>
    rooms.map((name) => ({
      name: `${label}-${floor}-${name}`,
      severity: 'error',
      from: { path: room(parent + name) },
      to: {
        path: `^src/${parent}`,
        pathNot: [
          ...[name, ...floors.slice(0, floor).flat()].map((below) => room(parent + below)),
          ...(floor >= PLAN_FROM ? [PLAN] : []),
          ...(SHARES_FILES.has(parent.slice(0, -1)) ? [`^src/${parent}[^/]+\\.ts$`] : []),
        ],
      },
    })),
  );

/** A folder that stands on no floor would escape every rule above. */
const homeless = [
  { name: 'room-without-a-floor', from: { path: '^src/[^/]+/', pathNot: FLOORS.flat().map(room) }, to: {} },
  ...Object.entries(INNER).map(([parent, floors]) => ({
    name: `folder-without-a-floor-${parent}`,
    from: { path: `^src/${parent}/[^/]+/`, pathNot: floors.flat().map((name) => room(`${parent}/${name}`)) },
    to: {},
  })),
].map((rule) => ({ severity: 'error', ...rule }));

module.exports = {
  forbidden: [
    ...rulesOf(FLOORS, '', 'floor'),
    ...Object.entries(INNER).flatMap(([parent, floors]) => rulesOf(floors, `${parent}/`, `inner-${parent}`)),
    ...homeless,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-dev-dependencies', severity: 'error', from: { path: '^src/', pathNot: '\\.spec\\.ts$' }, to: { dependencyTypes: ['npm-dev'] } },
    { name: 'nothing-imports-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default'], exportsFields: ['exports'] },
  },
};
