import { useEffect, useRef } from 'react';
import { fileOf } from '../api.ts';
import { useSpeech } from '../language.tsx';

/** The ways to have what a page of figures shows as a workbook and on paper. */
export function ReportFiles(props: {
  readonly query: string;
  readonly input: Readonly<Record<string, string | undefined>>;
}) {
  const { t, language } = useSpeech();
  const to = (ending: 'pdf' | 'xlsx') =>
    fileOf(props.query, ending, { ...props.input, lang: language });
  return (
    <>
      <a href={to('xlsx')} download>
        {t('paper.xlsx')}
      </a>
      <a href={to('pdf')} download>
        {t('paper.pdf')}
      </a>
    </>
  );
}

/** The file of a paper that was just printed: it comes by itself, and its link takes the focus for once more. */
export function Fresh({ href }: { readonly href: string }) {
  const { t } = useSpeech();
  const link = useRef<HTMLAnchorElement>(null);
  const came = useRef('');
  useEffect(() => {
    if (came.current === href) return;
    came.current = href;
    link.current?.click();
    link.current?.focus();
  }, [href]);
  return (
    <a href={href} download ref={link}>
      {t('paper.pdf')}
    </a>
  );
}
