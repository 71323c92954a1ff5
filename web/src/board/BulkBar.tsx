import { useQuery } from '@tanstack/react-query';
import { Actions } from '../parts/Actions';
import { counted } from '../parts/numbers';
import { cancelCards, cardsOf, editCards, moveCards, startProjects } from './acting';
import { priorities } from './columns';
import { profilesQuery } from '../api/shared';

/** What can be done with everything that is chosen. */
export function BulkBar({ chosen, onClear }: { chosen: ReadonlySet<string>; onClear: () => void }) {
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  if (chosen.size === 0) return null;
  const projects = [
    ...new Set(
      cardsOf(chosen)
        .map((card) => card.project)
        .filter((name) => name !== null),
    ),
  ];
  const priority = (word: (typeof priorities)[number]) => ({ title: word, run: () => void editCards(chosen, { priority: word }) });
  return (
    <div className="bulk" role="toolbar" aria-label="With what is chosen">
      <strong role="status">{counted(chosen.size, 'card')}</strong>
      <button type="button" className="button" onClick={() => void moveCards(chosen, 'ready')}>
        Ready
      </button>
      <button type="button" className="button" onClick={() => void moveCards(chosen, 'in_flight')}>
        Run now
      </button>
      <Actions label="Priority" actions={priorities.map(priority)}>
        Priority ▾
      </Actions>
      <Actions
        label="Profile"
        actions={profiles.map(({ name }) => ({ title: name, run: () => void editCards(chosen, { profile: name }) }))}
      >
        Profile ▾
      </Actions>
      {projects.length > 0 && (
        <Actions
          label="Start a project"
          actions={projects.map((name) => ({ title: `Make all of ${name} ready`, run: () => void startProjects([name]) }))}
        >
          Project ▾
        </Actions>
      )}
      <button type="button" className="button button-bad" onClick={() => void cancelCards(chosen)}>
        Cancel
      </button>
      <button type="button" className="button" onClick={onClear}>
        Clear <kbd>Esc</kbd>
      </button>
    </div>
  );
}
