import { useCallback, useEffect, useRef, useState } from 'react';
import { type Commands, type Grounds, type Queries, Refused } from './api.ts';
import { clockNow } from './format.ts';
import { useSession } from './session.tsx';

export interface Asked<T> {
  readonly answer: T | null;
  /** When the answer came, by the clock of this computer: 09:41. */
  readonly at: string | null;
  /** Of the last try: with an answer beside it, that one is of an earlier try. */
  readonly fault: Refused | null;
  /** Asked and not answered yet. */
  readonly waiting: boolean;
  readonly again: () => void;
}

/** How often a list is asked for that others work on at the same time, in milliseconds. */
export const listEvery = 20_000;
const network = ['offline', 'online'] as const;

/**
 * Asks a query and keeps its answer; asks again when the input, the language or the person changes, when the network goes or
 * comes, and every `every` milliseconds when that is given. Null asks nothing. @param grounds of a look at a person's data
 */
export function useAsk<N extends keyof Queries>(
  name: N,
  input: Queries[N][0] | null,
  every?: number,
  grounds?: Grounds,
): Asked<Queries[N][1]> {
  const { ask, epoch } = useSession();
  const [told, setTold] = useState<{ answer: Queries[N][1]; at: string } | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const [waiting, setWaiting] = useState(true);
  const [turn, setTurn] = useState(0);
  const text = input === null ? null : JSON.stringify(input);
  const why = grounds === undefined ? undefined : JSON.stringify(grounds);
  const shown = useRef<string | null>(null);

  useEffect(() => {
    if (text === null) return undefined;
    let gone = false;
    const stated = why === undefined ? undefined : (JSON.parse(why) as Grounds);
    // Another question, or another reason to ask it: the old answer does not stand for it.
    const question = `${text} ${why ?? ''}`;
    if (shown.current !== null && shown.current !== question) setTold(null);
    const once = async () => {
      try {
        const answer = await ask(name, JSON.parse(text) as Queries[N][0], stated);
        if (gone) return;
        shown.current = question;
        setTold({ answer, at: clockNow() });
        setFault(null);
      } catch (error) {
        if (!gone && error instanceof Refused) setFault(error);
      }
      if (!gone) setWaiting(false);
    };
    setWaiting(true);
    void once();
    const anew = () => void once();
    const timer = every === undefined ? undefined : setInterval(anew, every);
    for (const change of network) window.addEventListener(change, anew);
    return () => {
      gone = true;
      clearInterval(timer);
      for (const change of network) window.removeEventListener(change, anew);
    };
  }, [name, text, every, why, ask, epoch, turn]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  return { answer: told?.answer ?? null, at: told?.at ?? null, fault, waiting, again };
}

export interface Doing<N extends keyof Commands> {
  readonly busy: boolean;
  readonly answer: Commands[N][1] | null;
  readonly fault: Refused | null;
  /** Answers whether it was done. */
  readonly act: (input: Commands[N][0]) => Promise<boolean>;
}

/** A key that nobody had before; also where the page came without TLS. */
export function onceKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Runs a command once for each decision: a repeat after a lost answer has the same key and is not done twice. */
export function useAct<N extends keyof Commands>(name: N, grounds?: Grounds): Doing<N> {
  const { run } = useSession();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Commands[N][1] | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const key = useRef<{ readonly input: string; readonly key: string } | null>(null);
  const act = useCallback(
    async (input: Commands[N][0]) => {
      const text = JSON.stringify(input);
      if (key.current?.input !== text) key.current = { input: text, key: onceKey() };
      setBusy(true);
      setFault(null);
      try {
        setAnswer(await run(name, input, key.current.key, grounds));
        key.current = null;
        return true;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // Refused is decided; without an answer it may have been done, and the key stays.
        // What waits for somebody else stands under its key: sent again, it is the same proposal.
        const decided = error.status !== 0 && error.status < 500 && error.waits === null;
        if (decided) key.current = null;
        setFault(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [name, grounds, run],
  );
  return { busy, answer, fault, act };
}
