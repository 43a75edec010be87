import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import type { PersonFound } from '../../../../engines/registry/index.ts';
import type { Grounds } from '../api.ts';
import { useAsk } from '../asking.ts';
import { day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { addressOf, GroundsFields, groundsWhole } from '../parts/grounds.tsx';
import { type Column, DataTable } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { Han } from '../parts/words.tsx';

/** What was searched for. It stands in the window's history, not in an address that goes into bookmarks and logs. */
interface Searched extends Grounds {
  readonly search: string;
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
  const { cursors, purpose, matter } = searched;
  const ready = searched.search.length >= shortest && groundsWhole(searched);
  const asked = useAsk(
    'registry.persons',
    ready ? { search: searched.search, cursor: cursors[cursors.length - 1] } : null,
    undefined,
    { purpose, matter },
  );
  return (
    <Page title={t('persons.title')}>
      <Search key={JSON.stringify(searched)} searched={searched} search={search} />
      {!ready ? null : (
        <Answer of={asked}>
          {({ rows, next }) => (
            <>
              <Found rows={rows} grounds={{ purpose, matter }} />
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
  const [grounds, setGrounds] = useState<Grounds>({
    purpose: searched.purpose,
    matter: searched.matter,
  });
  const [short, setShort] = useState(false);
  const [missing, setMissing] = useState(false);
  const find = (event: FormEvent) => {
    event.preventDefault();
    const asked = text.trim();
    setShort(asked.length < shortest);
    setMissing(!groundsWhole(grounds));
    if (asked.length >= shortest && groundsWhole(grounds))
      search({ search: asked, ...grounds, cursors: [] });
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
      <GroundsFields grounds={grounds} change={setGrounds} missing={missing} />
      <Button type="primary" htmlType="submit">
        {t('filter.find')}
      </Button>
      <p className="hint">{t('persons.recorded')}</p>
    </form>
  );
}

function Found(props: { readonly rows: readonly PersonFound[]; readonly grounds: Grounds }) {
  const { t, language } = useSpeech();
  const columns: readonly Column<PersonFound>[] = [
    {
      title: t('persons.name'),
      row: true,
      cell: (r) => (
        <Link to={`/persons/${r.publicId}?${addressOf(props.grounds)}`} lang="zh-CN">
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
