import { useSpeech } from '../../language.tsx';
import { type TextKey, texts } from '../../texts/index.ts';

function useCodeWords(of: 'purpose' | 'role'): (code: string | null) => string {
  const { t } = useSpeech();
  return (code) => {
    if (code === null || code === '') return '—';
    const key = `${of}.${code}`;
    return key in texts ? t(key as TextKey) : code;
  };
}

/** A purpose's code in words. */
export function usePurposeWords(): (code: string | null) => string {
  return useCodeWords('purpose');
}

/** A role's code in words. */
export function useRoleWords(): (code: string | null) => string {
  return useCodeWords('role');
}

/** Why a look was refused, in words. */
export function useRefusedWords(): (code: string) => string {
  const { t } = useSpeech();
  return (code) =>
    t(code === 'conflict-of-interest' ? 'audit.refused.conflict-of-interest' : 'audit.refused');
}
