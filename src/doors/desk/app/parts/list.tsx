import { Button, Input, Select } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Page as Paged } from '../../../../services/insurance/index.ts';
import { type Asked, useAsk } from '../asking.ts';
import { count } from '../format.ts';
import { useSpeech } from '../language.tsx';
import type { TextKey } from '../texts/index.ts';
import { Sideways } from './sideways.tsx';
import { Answer } from './states.tsx';

export interface Column<T> {
  readonly title: string;
  /** The cell that names its row. */
  readonly row?: boolean;
  /** Figures: right-aligned. */
  readonly n?: boolean;
  /** Words of others, of any length: they wrap, and the columns behind them stay in sight. */
  readonly wrap?: boolean;
  readonly cell: (row: T) => ReactNode;
  /** Of all rows together, in the last line. */
  readonly total?: (rows: readonly T[]) => ReactNode;
}

interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly empty: string;
}

/** A list of rows that the keyboard walks; on a phone each row is a card that names its cells. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, rows, keyOf, empty } = props;
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  return (
    <Sideways label={label}>
      <table className="stack">
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.title} scope="col" className={c.n === true ? 'n' : undefined}>
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={keyOf(r)} data-row>
              {columns.map((c) => (
                <Cell key={c.title} column={c} row={r} />
              ))}
            </tr>
          ))}
        </tbody>
        {columns.some((c) => c.total !== undefined) ? (
          <tfoot>
            <tr>
              {columns.map((c) => (
                <Total key={c.title} column={c} rows={rows} />
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </Sideways>
  );
}

function Total<T>({ column, rows }: { readonly column: Column<T>; readonly rows: readonly T[] }) {
  const { row, n, total, title } = column;
  if (row === true) return <th scope="row">{total?.(rows)}</th>;
  return (
    <td className={n === true ? 'n' : undefined} data-l={title}>
      {total?.(rows)}
    </td>
  );
}

function Cell<T>({ column, row }: { readonly column: Column<T>; readonly row: T }) {
  const { n, wrap, cell, title } = column;
  if (column.row === true) return <th scope="row">{cell(row)}</th>;
  return (
    <td className={n === true ? 'n' : wrap === true ? 'wrap' : undefined} data-l={title}>
      {cell(row)}
    </td>
  );
}

export interface Pages {
  readonly cursor: string | undefined;
  /** Rows before this page. */
  readonly before: number;
  readonly forward: (next: string, rows: number) => void;
  readonly back: (() => void) | null;
}

/** Which page of a list is looked at; another question (`of`) begins at the first. */
export function usePages(of: string): Pages {
  const [state, setState] = useState({ of, cursors: [] as { cursor: string; before: number }[] });
  const cursors = state.of === of ? state.cursors : [];
  const last = cursors.at(-1);
  return {
    cursor: last?.cursor,
    before: last?.before ?? 0,
    forward: (cursor, rows) =>
      setState({ of, cursors: [...cursors, { cursor, before: (last?.before ?? 0) + rows }] }),
    back: last === undefined ? null : () => setState({ of, cursors: cursors.slice(0, -1) }),
  };
}

/** Which rows these are, of how many, and the ways to the others. */
export function Pager(props: {
  /** Without a total where nobody counted. */
  readonly page: Pick<Paged<unknown>, 'rows' | 'next'> & { readonly total?: number };
  readonly pages: Pages;
  readonly label: string;
}) {
  const { t } = useSpeech();
  const { page, pages, label } = props;
  const { next } = page;
  if (pages.before + page.rows.length === 0) return null;
  const first = pages.before + 1;
  return (
    <nav className="pager" aria-label={t('pager.of', { what: label })}>
      <span>
        {t(page.total === undefined ? 'pager.some' : 'pager.rows', {
          first: count(first),
          last: count(pages.before + page.rows.length),
          total: count(page.total ?? 0),
        })}
      </span>
      <Button size="small" disabled={pages.back === null} onClick={() => pages.back?.()}>
        {t('pager.back')}
      </Button>
      <Button
        size="small"
        disabled={next === null}
        onClick={() => {
          if (next !== null) pages.forward(next, page.rows.length);
        }}
      >
        {t('pager.next')}
      </Button>
    </nav>
  );
}

interface ListProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly asked: Asked<Paged<T>>;
  readonly pages: Pages;
  /** In words: what is empty, and whether a filter made it so. */
  readonly empty: string;
}

/** One page of a list, or what stands in its place, with its pager. */
export function List<T>(props: ListProps<T>) {
  const { label, asked, pages, columns, keyOf, empty } = props;
  return (
    <Answer of={asked}>
      {(page) => (
        <>
          <DataTable label={label} columns={columns} rows={page.rows} keyOf={keyOf} empty={empty} />
          <Pager page={page} pages={pages} label={label} />
        </>
      )}
    </Answer>
  );
}

/** The filters of a list stand in its address, so that a list can be sent to somebody. */
export function useFilters(): {
  readonly get: (name: string) => string | undefined;
  readonly set: (changes: Readonly<Record<string, string | undefined>>) => void;
  readonly any: (names: readonly string[]) => boolean;
} {
  const [search, setSearch] = useSearchParams();
  const get = (name: string) => search.get(name) ?? undefined;
  return {
    get,
    set: (changes) => {
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      setSearch(next, { replace: true });
    },
    any: (names) => names.some((n) => search.has(n)),
  };
}

type Filters = ReturnType<typeof useFilters>;

/** Text at the beginning of a name, and whatever else picks rows. */
export function FilterBar(props: {
  readonly filters: Filters;
  readonly hint: string;
  readonly area?: boolean;
  readonly choices?: {
    readonly name: string;
    readonly label: string;
    readonly options: readonly (readonly [string, TextKey])[];
  };
}) {
  const { t } = useSpeech();
  const { filters, hint, choices } = props;
  const [text, setText] = useState(filters.get('search') ?? '');
  const find = (event: FormEvent) => {
    event.preventDefault();
    filters.set({ search: text.trim() });
  };
  return (
    <form className="filters" onSubmit={find}>
      <div>
        <label htmlFor="filter">{hint}</label>
        <Input
          id="filter"
          className="w-amount"
          autoComplete="off"
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
      </div>
      {props.area === true ? <Areas filters={filters} /> : null}
      {choices === undefined ? null : (
        <div>
          <span aria-hidden="true">{choices.label}</span>
          <Select
            aria-label={choices.label}
            className="w-day"
            value={filters.get(choices.name) ?? ''}
            onChange={(value: string) => filters.set({ [choices.name]: value })}
            options={choices.options.map(([value, key]) => ({ value, label: t(key) }))}
          />
        </div>
      )}
      <Button htmlType="submit">{t('filter.find')}</Button>
    </form>
  );
}

function Areas({ filters }: { readonly filters: Filters }) {
  const { t } = useSpeech();
  const { answer } = useAsk('registry.areas', {});
  return (
    <div>
      <span aria-hidden="true">{t('county')}</span>
      <Select
        aria-label={t('county')}
        className="w-day"
        value={filters.get('area') ?? ''}
        onChange={(area: string) => filters.set({ area })}
        options={[
          { value: '', label: t('county.all') },
          ...(answer?.rows ?? []).map((a) => ({ value: a.code, label: a.name })),
        ]}
      />
    </div>
  );
}
