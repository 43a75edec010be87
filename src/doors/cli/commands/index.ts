import type { CliCommand } from '../command.ts';
import { accountCommands } from './accounts.ts';
import { auditCommands } from './audit.ts';
import { benchCommands } from './bench.ts';
import { cityCommands } from './city.ts';
import { keyCommands } from './keys.ts';
import { lawCommands } from './law.ts';
import { lookCommands } from './looks.ts';
import { monthCommands } from './month.ts';
import { payoutCommands } from './payout.ts';
import { simulateCommands } from './simulate.ts';
import { startCommands } from './start.ts';

/** Every command that is built, in the order of --help. */
export const commands: readonly CliCommand[] = [
  ...startCommands,
  ...cityCommands,
  ...accountCommands,
  ...keyCommands,
  ...payoutCommands,
  ...simulateCommands,
  ...monthCommands,
  ...lookCommands,
  ...auditCommands,
  ...lawCommands,
  ...benchCommands,
];
