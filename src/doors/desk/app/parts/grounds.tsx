import { Select } from 'antd';
import { Link } from 'react-router';
import { type Grounds, type Purpose, purposes, takesMatter } from '../api.ts';
import { useAsk } from '../asking.ts';
import { useSpeech } from '../language.tsx';
import { useSession } from '../session.tsx';

/** Whether somebody's data can be asked for on these grounds: the matter is named where one is needed. */
export function groundsWhole({ purpose, matter }: Grounds): boolean {
  return !takesMatter(purpose) || (matter !== undefined && matter !== '');
}

/** The grounds as they stand in the address of a page. */
export function addressOf({ purpose, matter }: Grounds): string {
  return new URLSearchParams({ purpose, ...(matter === undefined ? {} : { matter }) }).toString();
}

const rightTo = {
  'open-matter': 'access.matter.open',
  emergency: 'access.matter.emergency',
} as const;

/** What for, and for which of one's open matters: the fields of a form of `.filters`. */
export function GroundsFields(props: {
  readonly grounds: Grounds;
  readonly change: (next: Grounds) => void;
  /** The matter is not chosen though it was asked for. */
  readonly missing: boolean;
}) {
  const { t } = useSpeech();
  const { may } = useSession();
  const { grounds, change, missing } = props;
  const { purpose } = grounds;
  const offered = purposes.filter((p) => !takesMatter(p) || may(rightTo[p]));
  return (
    <>
      <div>
        <span aria-hidden="true">{t('persons.purpose')}</span>
        <Select
          aria-label={t('persons.purpose')}
          className="w-day"
          value={purpose}
          onChange={(value: Purpose) => change({ purpose: value })}
          options={offered.map((value) => ({ value, label: t(`purpose.${value}`) }))}
        />
      </div>
      {takesMatter(purpose) ? (
        <MatterField
          emergency={purpose === 'emergency'}
          matter={grounds.matter}
          change={(matter) => change({ purpose, matter })}
          missing={missing}
        />
      ) : null}
    </>
  );
}

function MatterField(props: {
  readonly emergency: boolean;
  readonly matter: string | undefined;
  readonly change: (matter: string) => void;
  readonly missing: boolean;
}) {
  const { t } = useSpeech();
  const { emergency, matter, change, missing } = props;
  const asked = useAsk('access.matters', {});
  const open = (asked.answer?.rows ?? []).filter(
    (m) => m.open && (m.kind === 'emergency') === emergency,
  );
  if (asked.answer !== null && open.length === 0)
    return (
      <p>
        {t('grounds.none')}{' '}
        <Link to={`/matters/new?kind=${emergency ? 'emergency' : 'matter'}`}>
          {t(emergency ? 'matters.emergency' : 'matters.open')}
        </Link>
      </p>
    );
  return (
    <div className={missing ? 'bad' : undefined}>
      <span aria-hidden="true">{t('grounds.matter')}</span>
      {missing ? (
        <p className="msg" role="alert">
          {t('grounds.missing')}
        </p>
      ) : null}
      <Select
        aria-label={t('grounds.matter')}
        className="w-fund"
        placeholder={t('grounds.choose')}
        value={open.find((m) => m.matter === matter)?.matter ?? null}
        onChange={change}
        options={open.map((m) => ({ value: m.matter, label: m.reason }))}
      />
    </div>
  );
}
