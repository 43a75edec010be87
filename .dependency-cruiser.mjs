// The floors of the house: each uses only what lies below it, and an engine or a service is entered by its index.
const floors = ['kernel', 'engines', 'services', 'doors'];
const rules = floors.flatMap((floor, i) =>
  floors.slice(i + 1).map((above) => ({
    name: `${floor}-knows-no-${above}`,
    severity: 'error',
    from: { path: `^src/${floor}/` },
    to: { path: `^src/${above}/` },
  })),
);

export default {
  forbidden: [
    ...rules,
    {
      name: 'engines-by-their-index',
      severity: 'error',
      from: { path: '^src/engines/([^/]+)/' },
      to: {
        path: '^src/engines/',
        pathNot: [
          '^src/engines/$1/',
          '^src/engines/[^/]+/index\\.ts$',
          '^src/engines/documents/[^/]+/index\\.ts$',
        ],
      },
    },
    {
      name: 'services-use-engines-by-their-index',
      severity: 'error',
      from: { path: '^src/(services|doors)/' },
      to: {
        path: '^src/engines/',
        pathNot: ['^src/engines/[^/]+/index\\.ts$', '^src/engines/documents/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'services-by-their-index',
      severity: 'error',
      from: { path: '^src/services/([^/]+)/' },
      to: {
        path: '^src/services/',
        pathNot: ['^src/services/$1/', '^src/services/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'doors-use-services-by-their-index',
      severity: 'error',
      from: { path: '^src/doors/' },
      to: {
        path: '^src/services/',
        pathNot: ['^src/services/[^/]+/index\\.ts$', '^src/services/index\\.ts$'],
      },
    },
    {
      name: 'low-engines',
      severity: 'error',
      from: { path: '^src/engines/(jurisdiction|access|policy)/' },
      to: { path: '^src/engines/(registry|fund|casework|documents|indicators)/' },
    },
    {
      name: 'desk-asks-the-interface',
      comment:
        'The desk runs in a browser: of the house it has shapes, and pure words, money and days.',
      severity: 'error',
      from: { path: '^src/doors/desk/app/' },
      to: {
        path: '^src/(kernel|engines|services|doors)/',
        pathNot: [
          '^src/doors/desk/app/',
          '^src/doors/look/',
          '^src/kernel/(errors|money|purposes|rational|text|time)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nobody-enters-the-desk',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/doors/desk/' },
      to: { path: '^src/doors/desk/app/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
