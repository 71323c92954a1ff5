import type { Run } from '../api/types';
import { MessageBox } from '../runs/MessageBox';
import '../runs/conversation.css';

/** A word to the agent, and the words that still wait to be told: what the run's own page has. */
export const FollowUp = ({ run }: { run: Run }) => (
  <section className="panel stack" aria-labelledby="follow-up">
    <h2 id="follow-up">Follow up</h2>
    <MessageBox run={run} />
  </section>
);
