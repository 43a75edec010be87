import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openServer, type Server } from '../../kernel/database/server/index.ts';
import {
  type Caller,
  type House,
  type Language,
  type Log,
  MindunError,
  openLog,
  readPurpose,
} from '../../kernel/index.ts';
import '../../services/index.ts';
import { citiesOf, localActor, openCity, operatorLogin } from '../../services/city/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface SessionOptions {
  readonly city?: string;
  readonly as?: string;
  readonly purpose?: string;
  readonly matter?: string;
  readonly key?: string;
  readonly at?: string;
  readonly language: Language;
}

/** One run of the command line: the data folder, its server, the city's house; opened when first needed. */
export class Session {
  readonly folder: string;
  readonly options: SessionOptions;
  readonly log: Log;
  #server: Server | undefined;
  #house: House | undefined;

  constructor(options: SessionOptions) {
    this.folder = path.resolve(process.env['MINDUN_DATA'] || path.join(root, '.mindun'));
    this.options = options;
    this.log = openLog(path.join(this.folder, 'mindun.log'));
  }

  async server(): Promise<Server> {
    this.#server ??= await openServer(this.folder);
    return this.#server;
  }

  /** The city named by --city, or the only one. @throws MindunError city-missing, store-older, clock-backwards */
  async house(): Promise<House> {
    if (this.#house !== undefined) return this.#house;
    const { connection } = await this.server();
    const there = await citiesOf(connection);
    const code = this.options.city ?? (there.length === 1 ? there[0]! : '430400');
    if (!there.includes(code)) throw new MindunError('city-missing', { code });
    const house = await openCity(connection, code, this.log);
    this.#house = house;
    if (this.options.at !== undefined) {
      await house.call('city.advance-clock', { at: this.options.at }, await this.#operator(house));
    }
    return house;
  }

  async #operator(house: House): Promise<Caller> {
    return {
      actor: await localActor(house),
      purpose: 'operation',
      language: this.options.language,
    };
  }

  /** Who acts, why, and once under which key. */
  async caller(): Promise<Caller> {
    const house = await this.house();
    const login = this.options.as ?? operatorLogin;
    const actor = await localActor(house, login);
    const purpose = readPurpose(
      this.options.purpose ?? (login === operatorLogin ? 'operation' : ''),
    );
    return {
      actor,
      purpose,
      ...(this.options.matter === undefined ? {} : { matter: this.options.matter }),
      language: this.options.language,
      ...(this.options.key === undefined ? {} : { key: this.options.key }),
    };
  }

  /** What a fault comes from, as far as this process can see: a database that went because its disk is full says only that it went. */
  cause(thrown: unknown): unknown {
    const code = (thrown as { code?: unknown } | null)?.code;
    const full =
      code === 'ENOSPC' ||
      code === 'EDQUOT' ||
      (code === 'database-gone' && this.#server?.full() === true);
    return full ? new MindunError('disk-full') : thrown;
  }

  async close(): Promise<void> {
    await this.#house?.store.end();
    await this.leave();
  }

  /** Lets go of the server without waiting for what is under way: that is rolled back. */
  async leave(): Promise<void> {
    await this.#server?.close();
  }
}
