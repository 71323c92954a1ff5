import { lazy, memo, Suspense, useState } from 'react';
import type { Card } from '../api/types';
import { Actions, type Action } from '../parts/Actions';
import { isFiltered, noFilter, searchOf, type Filter } from './filters';
import { removeView, savedViews } from './views';

const SaveSheet = lazy(() => import('./SaveSheet'));

interface Props {
  filter: Filter;
  setFilter: (filter: Filter) => void;
  /** Every card, filtered or not: the choices come from them. */
  cards: readonly Card[];
  shown: number;
}

const sorted = (values: Iterable<string | null>): string[] =>
  [...new Set([...values].filter((value): value is string => value !== null && value !== ''))].sort((a, b) => a.localeCompare(b));

type Choosable = 'project' | 'profile' | 'status' | 'priority' | 'label' | 'plan';

const valuesOf: Readonly<Record<Choosable, (cards: readonly Card[]) => string[]>> = {
  project: (cards) => sorted(cards.map((card) => card.project)),
  profile: (cards) => sorted(cards.map((card) => card.profile)),
  status: (cards) => sorted(cards.map((card) => card.status)),
  priority: () => ['urgent', 'high', 'medium', 'low'],
  label: (cards) => sorted(cards.flatMap((card) => card.labels)),
  plan: (cards) => sorted(cards.map((card) => card.plan)),
};

function Choice({ name, filter, setFilter, cards }: Props & { name: Choosable }) {
  const values = valuesOf[name](cards);
  if (values.length < 2 && filter[name] === '') return null;
  const options = filter[name] !== '' && !values.includes(filter[name]) ? [...values, filter[name]] : values;
  return (
    <select
      className={`input filter-choice${filter[name] === '' ? '' : ' filter-on'}`}
      aria-label={`Filter by ${name}`}
      value={filter[name]}
      onChange={(event) => setFilter({ ...filter, [name]: event.target.value })}
    >
      <option value="">{name}</option>
      {options.map((value) => (
        <option key={value} value={value}>
          {name === 'plan' ? value.slice(0, 8) : value.replaceAll('_', ' ')}
        </option>
      ))}
    </select>
  );
}

function Views({ filter, setFilter, filterFrom }: Pick<Props, 'filter' | 'setFilter'> & { filterFrom: (search: string) => Filter }) {
  const [isSaving, setSaving] = useState(false);
  const [views, setViews] = useState(savedViews);
  const search = searchOf(filter);
  const current = views.find((view) => view.search === search);
  const actions: (Action | 'line')[] = [
    ...views.map((view): Action => ({ title: view.name, run: () => setFilter(filterFrom(view.search)) })),
    ...(views.length > 0 ? (['line'] as const) : []),
    { title: 'Save this view …', run: () => setSaving(true), ...(search === '' ? { why: 'nothing is filtered' } : {}) },
    ...(current ? [{ title: `Forget “${current.name}”`, run: () => setViews(removeView(current.name)) }] : []),
  ];
  return (
    <>
      <Actions label="Views" actions={actions}>
        {current?.name ?? 'Views'} <span aria-hidden="true">▾</span>
      </Actions>
      <Suspense>
        {isSaving && (
          <SaveSheet
            onClose={() => {
              setSaving(false);
              setViews(savedViews());
            }}
            search={search}
          />
        )}
      </Suspense>
    </>
  );
}

function Toggle({ on, label, set }: { on: boolean; label: string; set: (on: boolean) => void }) {
  return (
    <button type="button" className="button" aria-pressed={on} onClick={() => set(!on)}>
      {label}
    </button>
  );
}

/** Search and filters. What is chosen stands in the address. */
export const FilterBar = memo(function FilterBar(props: Props & { filterFrom: (search: string) => Filter }) {
  const { filter, setFilter, cards, shown } = props;
  return (
    <search className="filter-bar">
      <input
        id="board-search"
        type="search"
        className="input filter-text"
        placeholder="Search  /"
        aria-label="Search cards"
        value={filter.text}
        onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setFilter({ ...filter, text: '' });
            event.currentTarget.blur();
          }
        }}
      />
      {(['project', 'profile', 'status', 'priority', 'label', 'plan'] as const).map((name) => (
        <Choice key={name} name={name} {...props} />
      ))}
      <Toggle on={filter.mine} label="Needs me" set={(mine) => setFilter({ ...filter, mine })} />
      <Toggle on={filter.hideDone} label="Hide done" set={(hideDone) => setFilter({ ...filter, hideDone })} />
      <Views filter={filter} setFilter={setFilter} filterFrom={props.filterFrom} />
      {isFiltered(filter) && (
        <button type="button" className="button" onClick={() => setFilter(noFilter)}>
          Clear
        </button>
      )}
      <span className="quiet nowrap" role="status">
        {shown === cards.length ? '' : `${shown} of ${cards.length}`}
      </span>
    </search>
  );
});
