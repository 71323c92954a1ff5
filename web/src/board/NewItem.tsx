import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { wordsOf } from '../api/http';
import { profilesQuery, projectsQuery } from '../api/shared';
import { Sheet } from '../parts/Sheet';
import { addItem, type NewItem } from './adding';
import type { Column } from './columns';

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
const wordsIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

function Choice({
  name,
  label,
  options,
  empty,
  chosen = '',
}: {
  name: string;
  label: string;
  options: readonly string[];
  empty: string;
  chosen?: string;
}) {
  return (
    <label className="field grow">
      <span>{label}</span>
      <select className="input" name={name} defaultValue={chosen}>
        <option value="">{empty}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

function More() {
  return (
    <details>
      <summary>Dependencies, files, criticality</summary>
      <div className="stack new-item-more">
        <label className="field">
          <span>Depends on (numbers or ids)</span>
          <input className="input" name="depends" placeholder="#12 c0ffee" />
        </label>
        <label className="field">
          <span>Writes (files, folders or patterns)</span>
          <input className="input mono" name="writes" placeholder="src/login/** README.md" />
        </label>
        <label className="field">
          <span>Labels</span>
          <input className="input" name="labels" />
        </label>
        <Choice name="criticality" label="Criticality" options={['low', 'normal', 'high']} empty="normal" />
      </div>
    </details>
  );
}

/** What the form says. */
function wishOf(form: FormData): NewItem {
  const said = (name: string): string => String(form.get(name) ?? '').trim();
  return {
    title: said('title'),
    description: said('description'),
    criteria: linesOf(said('criteria')),
    project: said('project') || null,
    priority: said('priority') || null,
    profile: said('profile') || null,
    criticality: said('criticality'),
    labels: wordsIn(said('labels')),
    dependsOn: wordsIn(said('depends')).map((word) => word.replace(/^#/, '')),
    writes: wordsIn(said('writes')),
  };
}

function Texts({ isAlone }: { isAlone: boolean }) {
  return (
    <>
      <label className="field">
        <span>Title</span>
        <input className="input" name="title" required autoFocus={isAlone} maxLength={500} />
      </label>
      <label className="field">
        <span>What is to be done</span>
        <textarea className="input" name="description" rows={4} />
      </label>
      <label className="field">
        <span>Done when (one criterion a line)</span>
        <textarea className="input" name="criteria" rows={3} />
      </label>
    </>
  );
}

/** Everything that a new item can say. Ctrl+Enter adds it. */
export function NewItemForm({ project, onDone, isAlone = false }: { project: string; onDone: () => void; isAlone?: boolean }) {
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  const projects = useQuery(projectsQuery).data?.projects ?? [];
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const ready = (event.nativeEvent as SubmitEvent).submitter?.getAttribute('value') === 'ready';
    setBusy(true);
    try {
      await addItem(wishOf(form), ready);
      onDone();
    } catch (error) {
      setTrouble(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <Texts isAlone={isAlone} />
      <div className="row">
        <Choice
          key={`project ${projects.length}`}
          name="project"
          label="Project"
          options={projects.map((one) => one.name)}
          empty="none"
          chosen={project || (projects.length === 1 ? projects[0]!.name : '')}
        />
        <Choice name="priority" label="Priority" options={['urgent', 'high', 'medium', 'low']} empty="medium" />
        <Choice name="profile" label="Profile" options={profiles.map((one) => one.name)} empty="the project’s" />
      </div>
      <More />
      {trouble && (
        <p role="alert" className="note state-bad">
          {trouble}
        </p>
      )}
      <div className="row">
        <span className="grow quiet">
          <kbd>Ctrl</kbd> <kbd>⏎</kbd> adds it
        </span>
        {/* The first one is what Enter presses. */}
        <button type="submit" className="button button-main" disabled={isBusy}>
          Add to Inbox
        </button>
        <button type="submit" className="button" name="then" value="ready" disabled={isBusy}>
          Add and make ready
        </button>
      </div>
    </form>
  );
}

export function NewItemSheet({ column, onClose, project }: { column: Column | null; onClose: () => void; project: string }) {
  return (
    <Sheet
      open={column !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="New item"
    >
      <NewItemForm project={project} onDone={onClose} isAlone />
    </Sheet>
  );
}
