// The floors of the house: a room imports only from floors below its own (docs/architecture/index.md).
const FLOORS = [
  ['common'],
  ['config'],
  ['crypto', 'database', 'redis', 'upstream'],
  ['auth', 'events'],
  ['replicas'],
  ['limits'],
  ['project'],
  ['token'],
  ['proxy', 'health', 'import'],
  ['cli'],
];
const room = (name) => `^src/${name}/`;

/** One rule a room: it may reach itself and the floors below, nothing else inside src/. */
const floors = FLOORS.flatMap((rooms, floor) =>
  rooms.map((name) => ({
    name: `floor-${floor}-${name}`,
    severity: 'error',
    from: { path: room(name) },
    to: {
      path: '^src/',
      pathNot: [name, ...FLOORS.slice(0, floor).flat()].map(room),
    },
  })),
);

/** A folder that stands on no floor would escape every rule above. */
const homeless = {
  name: 'room-without-a-floor',
  severity: 'error',
  from: { path: '^src/[^/]+/', pathNot: FLOORS.flat().map(room) },
  to: {},
};

module.exports = {
  forbidden: [
    ...floors.map((rule) => (rule.from.path === room('cli') ? { ...rule, to: { ...rule.to, pathNot: [...rule.to.pathNot, '^src/app\\.'] } } : rule)),
    homeless,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
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
