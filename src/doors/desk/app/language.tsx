import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { fill, type Language, type Text } from '../../../kernel/text.ts';
import { type TextKey, texts } from './texts/index.ts';

export type Translate = (key: TextKey, values?: Readonly<Record<string, unknown>>) => string;

export interface Speech {
  readonly language: Language;
  /** A text of the catalogue. */
  readonly t: Translate;
  /** A text that came with an answer. */
  readonly say: (text: Text) => string;
  readonly change: (language: Language) => void;
}

const stored = 'mindun-desk-language';
const SpeechContext = createContext<Speech | null>(null);

function remembered(): Language {
  return localStorage.getItem(stored) === 'en' ? 'en' : 'zh';
}

/** Chinese first; the other language is remembered on this machine. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(remembered);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const speech = useMemo(
    (): Speech => ({
      language,
      t: (key, values = {}) => fill(texts[key][language], values),
      say: (text) => text[language],
      change: (next) => {
        localStorage.setItem(stored, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error('outside of LanguageProvider');
  return speech;
}
