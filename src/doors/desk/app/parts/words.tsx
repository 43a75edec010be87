import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useSpeech } from '../language.tsx';

/** done · running · none yet · soon · late · stopped */
export type StatusKind = 'done' | 'run' | 'none' | 'soon' | 'late' | 'stop';

/** A shape and a word; colour comes third. */
export function Status({
  kind,
  children,
}: {
  readonly kind: StatusKind;
  readonly children: ReactNode;
}) {
  return <span className={`st st-${kind}`}>{children}</span>;
}

/** What stands beside a value that no document gives, or that may change. */
export function Tags(props: { readonly assumed?: boolean; readonly provisional?: boolean }) {
  const { t } = useSpeech();
  return (
    <>
      {props.assumed === true ? <span className="assumed">{t('assumed')}</span> : null}
      {props.provisional === true ? <span className="assumed">{t('provisional')}</span> : null}
    </>
  );
}

/** The name of a firm or a person stays in Chinese characters. */
export function Han({ children }: { readonly children: ReactNode }) {
  return <span lang="zh-CN">{children}</span>;
}

export function EmployerLink({
  employer,
  name,
}: {
  readonly employer: string;
  readonly name: string;
}) {
  return (
    <Link to={`/employers/${employer}`} lang="zh-CN" title={name}>
      {name}
    </Link>
  );
}
