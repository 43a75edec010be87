import { Button } from 'antd';
import { useState } from 'react';
import type { Grounds } from '../api.ts';
import { useAct } from '../asking.ts';
import { day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Faults, Told } from '../parts/states.tsx';
import { useSession } from '../session.tsx';

/** Prints a person's activation code; the paper alone has it. */
export function Activation({
  person,
  grounds,
}: {
  readonly person: string;
  readonly grounds: Grounds;
}) {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const { busy, answer, fault, act } = useAct('access.activation.issue', grounds);
  const [saved, setSaved] = useState(false);
  if (!may('access.activation.issue')) return null;
  return (
    <>
      <h2 className="part">{t('activation.title')}</h2>
      <p className="mini">{t('activation.what')}</p>
      {fault === null ? null : <Faults fault={fault} />}
      {answer === null ? (
        <p className="doing">
          <Button
            loading={busy}
            onClick={() => void act({ person, reason: t('activation.reason') })}
          >
            {t('activation.do')}
          </Button>
        </p>
      ) : (
        <Told>
          <p>{t('activation.done', { until: day(answer.until, language) })}</p>
          <p>
            <Button
              type="primary"
              disabled={saved}
              onClick={() => {
                save(answer.slip);
                setSaved(true);
              }}
            >
              {t('activation.save')}
            </Button>
          </p>
        </Told>
      )}
    </>
  );
}

/** Hands the paper to the browser, which keeps no address for it. */
function save(slip: string): void {
  const bytes = Uint8Array.from(atob(slip), (c) => c.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = '激活码.pdf';
  link.click();
  URL.revokeObjectURL(address);
}
