import type { Language } from '../kernel/text.ts';

/** Who asks at a door, after the session was read; null account: nobody is logged in. */
export interface Visitor {
  readonly account: {
    readonly publicId: string;
    readonly kind: 'person' | 'employer' | 'staff' | 'auditor' | 'operator';
    readonly name: string;
    /** Public id of the person or employer that the account stands for. */
    readonly subject: string | null;
    readonly permissions: readonly string[];
  } | null;
  /** Hash of the session, for forms' tokens; null without a session. */
  readonly sessionId: string | null;
  readonly language: Language;
  readonly purpose: string;
  readonly address: string;
}

/** What every page shows about the city. */
export interface CityFacts {
  readonly code: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly kind: 'live' | 'simulated';
  /** Business time `YYYY-MM-DDTHH:MM:SS`. */
  readonly at: string;
}

/** The one way from a door to the house: commands and queries by name (docs/reference/commands.md). */
export interface Backend {
  city(): Promise<CityFacts>;
  /** @throws MindunError whatever the command refuses */
  execute<T>(command: string, input: unknown, visitor: Visitor, key?: string): Promise<T>;
  /** @throws MindunError whatever the query refuses */
  ask<T>(query: string, input: unknown, visitor: Visitor): Promise<T>;
}
