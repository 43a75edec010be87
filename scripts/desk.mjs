// Builds the clerks' desk into .build/desk unless it is there already.
import { register } from 'tsx/esm/api';

// What is shipped is the production build, whoever builds it.
process.env.NODE_ENV = 'production';
register();
const { buildDesk } = await import('../src/doors/desk/build.ts');
await buildDesk();
