import { Button, Input, Select } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import type { PersonFound } from '../../../../engines/registry/index.ts';
import { type Purpose, purposes } from '../api.ts';
import { useAsk } from '../asking.ts';
import { day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { type Column, DataTable } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { Han } from '../parts/words.tsx';

/** What was searched for. It stands in the window's history, not in an address that goes into bookmarks and logs. */
interface Searched {
  readonly search: string;
  readonly purpose: Purpose;
  readonly cursors: readonly string[];
}

const nothing: Searched = { search: '', purpose: 'counter-visit', cursors: [] };
const shortest = 2;

/** Finding a person by the whole number, the beginning of the name or initials, for a stated purpose. */
export function PersonsPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const state = useLocation().state as Partial<Searched> | null;
  const searched: Searched = { ...nothing, ...state };
  const search = (next: Searched) => void navigate('/persons', { state: next });
  const { cursors } = searched;
  const asked = useAsk(
    'registry.persons',
    searched.search.length < shortest
      ? null
      : { search: searched.search, cursor: cursors[cursors.length - 1] },
    undefined,
    searched.purpose,
  );
  return (
    <Page title={t('persons.title')}>
      <Search key={searched.search} searched={searched} search={search} />
      {searched.search.length < shortest ? null : (
        <Answer of={asked}>
          {({ rows, next }) => (
            <>
              <Found rows={rows} purpose={searched.purpose} />
              {next === null && cursors.length === 0 ? null : (
                <nav className="pager" aria-label={t('pager.of', { what: t('persons.title') })}>
                  <span />
                  <Button
                    size="small"
                    disabled={cursors.length === 0}
                    onClick={() => search({ ...searched, cursors: cursors.slice(0, -1) })}
                  >
                    {t('pager.back')}
                  </Button>
                  <Button
                    size="small"
                    disabled={next === null}
                    onClick={() => {
                      if (next !== null) search({ ...searched, cursors: [...cursors, next] });
                    }}
                  >
                    {t('pager.next')}
                  </Button>
                </nav>
              )}
            </>
          )}
        </Answer>
      )}
    </Page>
  );
}

function Search(props: { readonly searched: Searched; readonly search: (next: Searched) => void }) {
  const { t } = useSpeech();
  const { searched, search } = props;
  const [text, setText] = useState(searched.search);
  const [purpose, setPurpose] = useState<Purpose>(searched.purpose);
  const [short, setShort] = useState(false);
  const find = (event: FormEvent) => {
    event.preventDefault();
    const asked = text.trim();
    setShort(asked.length < shortest);
    if (asked.length >= shortest) search({ search: asked, purpose, cursors: [] });
  };
  return (
    <form className="filters" onSubmit={find}>
      <div className={short ? 'bad' : undefined}>
        <label htmlFor="person">{t('persons.find')}</label>
        {short ? (
          <p className="msg" id="person-error">
            {t('persons.short')}
          </p>
        ) : null}
        <Input
          id="person"
          className="w-number"
          autoComplete="off"
          value={text}
          aria-describedby={short ? 'person-error' : undefined}
          aria-invalid={short ? true : undefined}
          onChange={(e) => setText(e.target.value)}
        />
      </div>
      <div>
        <span aria-hidden="true">{t('persons.purpose')}</span>
        <Select
          aria-label={t('persons.purpose')}
          className="w-day"
          value={purpose}
          onChange={(value: Purpose) => setPurpose(value)}
          options={purposes.map((value) => ({ value, label: t(`purpose.${value}`) }))}
        />
      </div>
      <Button type="primary" htmlType="submit">
        {t('filter.find')}
      </Button>
      <p className="hint">{t('persons.recorded')}</p>
    </form>
  );
}

function Found(props: { readonly rows: readonly PersonFound[]; readonly purpose: Purpose }) {
  const { t, language } = useSpeech();
  const columns: readonly Column<PersonFound>[] = [
    {
      title: t('persons.name'),
      row: true,
      cell: (r) => (
        <Link to={`/persons/${r.publicId}?purpose=${props.purpose}`} lang="zh-CN">
          {r.name}
        </Link>
      ),
    },
    { title: t('persons.number'), cell: (r) => r.number },
    { title: t('persons.birth'), cell: (r) => day(r.birth, language) },
    { title: t('persons.sex'), cell: (r) => t(`sex.${r.sex}`) },
    { title: t('area'), cell: (r) => <Han>{r.area}</Han> },
  ];
  return (
    <DataTable
      label={t('persons.title')}
      columns={columns}
      rows={props.rows}
      keyOf={(r) => r.publicId}
      empty={t('persons.none')}
    />
  );
}
