// The floors of web/src: a folder imports only from floors below its own, and folders of one floor do not import each other.
// What two folders of the last floor use is in `parts`; what one of them uses is in that folder.
const FLOORS = [
  ['format', 'api'],
  ['ui', 'chart'],
  ['parts'],
  ['audit', 'login', 'overview', 'projects', 'requests', 'shell', 'system', 'tokens', 'usage'],
];
const folder = (name) => `^web/src/${name}/`;

const floors = FLOORS.flatMap((folders, floor) =>
  folders.map((name) => ({
    name: `web-floor-${floor}-${name}`,
    severity: 'error',
    from: { path: folder(name) },
    to: { path: '^web/src/', pathNot: [name, ...FLOORS.slice(0, floor).flat()].map(folder) },
  })),
);

module.exports = {
  forbidden: [
    ...floors,
    {
      name: 'web-folder-without-a-floor',
      severity: 'error',
      from: { path: '^web/src/[^/]+/', pathNot: FLOORS.flat().map(folder) },
      to: {},
    },
    { name: 'web-no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'web-is-its-own-program',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$|^web/src/api/schema\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'web/tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'browser', 'default'], exportsFields: ['exports'] },
  },
};
