import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { CityNow } from '../../../services/city/index.ts';
import { signByPasskey } from '../../look/webauthn.js';
import {
  type Account,
  ask,
  type Commands,
  type Grounds,
  type Queries,
  Refused,
  run,
} from './api.ts';
import { useSpeech } from './language.tsx';

/** Nobody yet, somebody, or somebody whose session ended while he worked. */
type Standing = 'unknown' | 'nobody' | 'here' | 'over';

interface Session {
  readonly standing: Standing;
  readonly account: Account | null;
  readonly city: CityNow | null;
  /** Counts sign-ins: what was asked before is asked again. */
  readonly epoch: number;
  readonly may: (permission: string) => boolean;
  /** Answers whether a second step is wanted. */
  readonly signIn: (login: string, password: string) => Promise<boolean>;
  readonly signInSecond: (code: string) => Promise<void>;
  /** Answers whether the visitor went through with it. */
  readonly signInByPasskey: () => Promise<boolean>;
  readonly signOut: () => Promise<void>;
  /** A call waits for a proof that it is still who signed in: told whether there was one. */
  readonly proving: ((proved: boolean) => void) | null;
  readonly readClock: () => Promise<void>;
  /** Reads anew who is signed in. */
  readonly readAccount: () => Promise<void>;
  readonly ask: <N extends keyof Queries>(
    name: N,
    input: Queries[N][0],
    grounds?: Grounds,
  ) => Promise<Queries[N][1]>;
  readonly run: <N extends keyof Commands>(
    name: N,
    input: Commands[N][0],
    key?: string,
    grounds?: Grounds,
  ) => Promise<Commands[N][1]>;
}

const SessionContext = createContext<Session | null>(null);

/** Only what is there. */
function given<T extends object>(of: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** Asks in a dialog who is here to prove that it is still he; answers whether he did. */
function useProof() {
  const [waiting, setWaiting] = useState<{ done: (proved: boolean) => void } | null>(null);
  const prove = useCallback(
    () =>
      new Promise<boolean>((done) => {
        setWaiting({ done });
      }),
    [],
  );
  const end = (proved: boolean) => {
    waiting?.done(proved);
    setWaiting(null);
  };
  return { prove, proving: waiting === null ? null : end };
}

/** The two ways into the house; a call that is told to sign in first ends the session of who was here. */
function useCalls(
  setStanding: (next: (now: Standing) => Standing) => void,
  prove: () => Promise<boolean>,
) {
  const { language } = useSpeech();
  const watched = useCallback(
    async <T,>(call: Promise<T>): Promise<T> => {
      try {
        return await call;
      } catch (error) {
        if (error instanceof Refused && error.status === 401)
          setStanding((s) => (s === 'here' ? 'over' : s));
        throw error;
      }
    },
    [setStanding],
  );
  // They stay the same while the session does: what is asked is not asked anew for nothing.
  return useMemo(
    (): Pick<Session, 'ask' | 'run'> => ({
      ask: (name, input, grounds) =>
        watched(ask(name, input, { language, ...given({ ...grounds }) })),
      run: async (name, input, key, grounds) => {
        const once = () => watched(run(name, input, { language, ...given({ key, ...grounds }) }));
        try {
          return await once();
        } catch (error) {
          const asked = error instanceof Refused && error.faults[0]?.code === 'step-up-needed';
          // Proved, the same is sent again; who does not want to reads why it was refused.
          if (!asked || !(await prove())) throw error;
          return once();
        }
      },
    }),
    [language, watched, prove],
  );
}

/** Who is signed in when the window opens. */
function useBeginning(
  readClock: () => Promise<void>,
  setAccount: (account: Account) => void,
  setStanding: (next: Standing | ((now: Standing) => Standing)) => void,
): void {
  useEffect(() => {
    let gone = false;
    const begin = async () => {
      await readClock();
      try {
        const me = await ask('access.me', {}, { language: 'zh' });
        if (gone) return;
        setAccount(me.account);
        setStanding('here');
      } catch {
        if (!gone) setStanding((s) => (s === 'unknown' ? 'nobody' : s));
      }
    };
    // The clock is read with each answer of the months; without a server the sign-in page says so.
    begin().catch(() => setStanding((s) => (s === 'unknown' ? 'nobody' : s)));
    return () => {
      gone = true;
    };
  }, [readClock, setAccount, setStanding]);
}

/** Who works at this desk and in which city; every call of the interface goes through here. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { language } = useSpeech();
  const [standing, setStanding] = useState<Standing>('unknown');
  const [account, setAccount] = useState<Account | null>(null);
  const [city, setCity] = useState<CityNow | null>(null);
  const [epoch, setEpoch] = useState(0);

  const readClock = useCallback(async () => {
    setCity(await ask('city.now', {}, { language }));
  }, [language]);

  useBeginning(readClock, setAccount, setStanding);
  const { prove, proving } = useProof();
  const calls = useCalls(setStanding, prove);
  const enter = useCallback(
    async (who: Account) => {
      setAccount(who);
      setStanding('here');
      setEpoch((e) => e + 1);
      await readClock();
    },
    [readClock],
  );
  const session = useMemo(
    (): Omit<Session, 'proving'> => ({
      standing,
      account,
      city,
      epoch,
      readClock,
      readAccount: async () => setAccount((await ask('access.me', {}, { language })).account),
      may: (permission) => account?.permissions.includes(permission) ?? false,
      signIn: async (login, password) => {
        const answer = await run('access.sign-in', { login, password }, { language });
        if ('second' in answer) return true;
        await enter(answer.account);
        return false;
      },
      signInSecond: async (code) => {
        await enter((await run('access.sign-in.second', { code }, { language })).account);
      },
      signInByPasskey: async () => {
        const options = await run('access.sign-in.passkey-options', {}, { language });
        const answer = await signByPasskey(options);
        if (answer === null) return false;
        await enter((await run('access.sign-in.passkey', { answer }, { language })).account);
        return true;
      },
      signOut: async () => {
        await run('access.sign-out', {}, { language });
        setAccount(null);
        setStanding('nobody');
      },
      ...calls,
    }),
    [standing, account, city, epoch, language, readClock, calls, enter],
  );
  return <SessionContext value={{ ...session, proving }}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('outside of SessionProvider');
  return session;
}
