import { useEffect, useState } from 'react';
import { Sheet } from '../parts/Sheet';
import type { Imported } from './queries';
import { DocumentForm, GitHubForm, WishForm } from './importForms';
import { ImportPreview } from './ImportPreview';
import type { Source } from './sources';

/** What is to be imported, ready to be sent: with `dry_run` it is only tried. */
export interface ImportOrder {
  name: string;
  path: '/plans' | '/plans/import-issues';
  body: Record<string, unknown>;
}

/** A tried import: what would come of it, or what is wrong. */
export interface Tried {
  order: ImportOrder;
  answer: Imported;
}

type Way = 'document' | 'github' | 'wish';
const ways: readonly { id: Way; title: string }[] = [
  { id: 'document', title: 'File, folder or text' },
  { id: 'github', title: 'Issues at GitHub' },
  { id: 'wish', title: 'A wish in plain words' },
];

/** Makes a plan: choose what of, see what would come of it, take it. `plan`: the plan that it changes. */
export function ImportSheet({
  start,
  dropped = null,
  plan,
  onClose,
}: {
  start: 'document' | 'wish' | null;
  dropped?: Source | null;
  plan?: { id: string; title: string; project: string | null };
  onClose: () => void;
}) {
  const [way, setWay] = useState<Way>('document');
  const [tried, setTried] = useState<Tried | null>(null);
  useEffect(() => {
    if (start) {
      setWay(start);
      setTried(null);
    }
  }, [start, dropped]);
  return (
    <Sheet
      open={start !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      wide
      title={plan ? `Import ${plan.title} again` : 'Make a plan'}
    >
      {tried ? (
        <ImportPreview tried={tried} onBack={() => setTried(null)} onDone={onClose} />
      ) : (
        <div className="stack">
          {!plan && (
            <div className="row" role="radiogroup" aria-label="What it is made of">
              {ways.map((each) => (
                <label key={each.id} className="choice">
                  <input type="radio" name="way" checked={way === each.id} onChange={() => setWay(each.id)} /> {each.title}
                </label>
              ))}
            </div>
          )}
          {way === 'document' && <DocumentForm dropped={dropped} plan={plan} onTried={setTried} />}
          {way === 'github' && <GitHubForm onTried={setTried} />}
          {way === 'wish' && <WishForm onDone={onClose} />}
        </div>
      )}
    </Sheet>
  );
}
