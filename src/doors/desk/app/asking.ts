import { useCallback, useEffect, useRef, useState } from 'react';
import { type Commands, type Purpose, type Queries, Refused } from './api.ts';
import { useSession } from './session.tsx';

export interface Asked<T> {
  readonly answer: T | null;
  readonly fault: Refused | null;
  /** Asked and not answered yet. */
  readonly waiting: boolean;
  readonly again: () => void;
}

/**
 * Asks a query and keeps its answer; asks again when the input, the language or the person changes, and every `every`
 * milliseconds when that is given. Null asks nothing. @param purpose of a look at a person's data
 */
export function useAsk<N extends keyof Queries>(
  name: N,
  input: Queries[N][0] | null,
  every?: number,
  purpose?: Purpose,
): Asked<Queries[N][1]> {
  const { ask, epoch } = useSession();
  const [answer, setAnswer] = useState<Queries[N][1] | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const [waiting, setWaiting] = useState(true);
  const [turn, setTurn] = useState(0);
  const text = input === null ? null : JSON.stringify(input);
  const shown = useRef<string | null>(null);

  useEffect(() => {
    if (text === null) return undefined;
    let gone = false;
    // Another question: the old answer does not stand for it.
    if (shown.current !== null && shown.current !== text) setAnswer(null);
    const once = async () => {
      try {
        const told = await ask(name, JSON.parse(text) as Queries[N][0], purpose);
        if (gone) return;
        shown.current = text;
        setAnswer(told);
        setFault(null);
      } catch (error) {
        if (!gone && error instanceof Refused) setFault(error);
      }
      if (!gone) setWaiting(false);
    };
    setWaiting(true);
    void once();
    const timer = every === undefined ? undefined : setInterval(() => void once(), every);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [name, text, every, purpose, ask, epoch, turn]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  return { answer, fault, waiting, again };
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
export function useAct<N extends keyof Commands>(name: N, purpose?: Purpose): Doing<N> {
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
        setAnswer(await run(name, input, key.current.key, purpose));
        key.current = null;
        return true;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // Refused is decided; without an answer it may have been done, and the key stays.
        if (error.status !== 0 && error.status < 500) key.current = null;
        setFault(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [name, purpose, run],
  );
  return { busy, answer, fault, act };
}
