import { Button } from 'antd';
import { useState } from 'react';
import type { AuditFault, AuditFinding } from '../../../../../engines/access/index.ts';
import { useAsk } from '../../asking.ts';
import { count } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { type Column, DataTable } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';

/** Walks the trail when somebody wants it: it may take minutes. */
export function VerifyPage() {
  const { t } = useSpeech();
  const [wanted, setWanted] = useState(false);
  const asked = useAsk('access.audit.verify', wanted ? {} : null);
  const busy = wanted && asked.waiting;
  return (
    <Page title={t('audit.verify-title')}>
      <p className="aside">{t('audit.verify-why')}</p>
      <p className="doing">
        <Button
          type="primary"
          loading={busy}
          onClick={() => {
            if (wanted) asked.again();
            setWanted(true);
          }}
        >
          {t(asked.answer === null ? 'audit.verify-do' : 'audit.verify-again')}
        </Button>
      </p>
      {wanted ? <Answer of={asked}>{(of) => <Finding of={of} />}</Answer> : null}
    </Page>
  );
}

function Finding({ of }: { readonly of: AuditFinding }) {
  const { t } = useSpeech();
  const { batches, rows, unsealed, faults } = of;
  const figures = {
    batches: count(batches),
    rows: count(rows - unsealed),
    faults: count(faults.length),
  };
  const dash = (value: string | number | null) => (value === null ? '—' : String(value));
  const columns: readonly Column<AuditFault>[] = [
    { title: t('audit.fault-what'), row: true, cell: (f) => t(`audit.fault.${f.what}`) },
    {
      title: t('audit.fault-kind'),
      cell: (f) => (f.kind === null ? '—' : t(`audit.kind.${f.kind}`)),
    },
    {
      title: t('audit.fault-month'),
      cell: (f) =>
        f.month === null ? '—' : `${Math.floor(f.month / 100)}-${String(f.month).slice(4)}`,
    },
    { title: t('audit.fault-batch'), n: true, cell: (f) => dash(f.batch) },
  ];
  return (
    <div role="status" className="doing-after">
      <p>
        {faults.length > 0 ? (
          <Status kind="late">{t('audit.broken', figures)}</Status>
        ) : batches === 0 ? (
          <Status kind="none">{t('audit.nothing-sealed')}</Status>
        ) : (
          <Status kind="done">{t('audit.whole', figures)}</Status>
        )}
      </p>
      {unsealed === 0 ? null : (
        <p className="quiet">{t('audit.unsealed', { count: count(unsealed) })}</p>
      )}
      {faults.length === 0 ? null : (
        <>
          <h2 className="part">{t('audit.faults')}</h2>
          <DataTable
            label={t('audit.faults')}
            columns={columns}
            rows={faults}
            keyOf={(f) => `${f.what} ${f.kind} ${f.month} ${f.batch}`}
            empty=""
          />
        </>
      )}
    </div>
  );
}
