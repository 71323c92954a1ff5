import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Posted } from '../api/answer';
import { send, wordsOf } from '../api/http';
import { copy } from '../parts/copy';
import { Reading } from '../parts/Reading';
import { Tag } from '../parts/State';
import { Ago } from '../parts/Time';
import { useAct } from '../parts/useAct';
import { Table } from '../parts/Table';
import { tokensQuery, type Token } from './queries';

const scopes = [
  ['read', 'look at everything'],
  ['operate', 'start, stop and move work'],
  ['approve', 'answer requests and decisions'],
  ['admin', 'settings and tokens, and all the others'],
] as const;
const spans = [
  ['', 'never'],
  ['86400', 'in a day'],
  ['2592000', 'in 30 days'],
  ['31536000', 'in a year'],
] as const;

/** Who may come in: tokens with their scopes, browsers that are in, and a link for another device. */
export default function Tokens() {
  const tokens = useQuery(tokensQuery);
  return (
    <>
      <DeviceLink />
      <NewToken />
      <Reading of={tokens}>{({ tokens: rows, you }) => <TokenTable rows={rows} you={you} />}</Reading>
    </>
  );
}

const isOver = (token: Token): boolean =>
  token.revoked_at !== null || (token.expires_at !== null && Date.parse(token.expires_at) < Date.now());

function TokenTable({ rows, you }: { rows: readonly Token[]; you: string }) {
  const [all, setAll] = useState(false);
  const revoke = useAct((token: Token) => send('POST', `/tokens/${token.id}/revoke`), {
    reads: ['tokens'],
    said: (_, token) => `${token.name} is out: its streams and waits are ended.`,
  });
  const over = rows.filter(isOver).length;
  return (
    <div className="stack-tight">
      {over > 0 && (
        <label className="row">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> also the {over} that count no more
        </label>
      )}
      <Table label="Tokens" heads={['Name', 'May', 'Made', 'Last used', 'Ends', '']}>
        {rows
          .filter((token) => all || !isOver(token))
          .map((token) => (
            <tr key={token.id}>
              <th scope="row">
                {token.name} {token.name === you && <Tag tone="good">this browser</Tag>} {token.kind !== 'named' && <Tag>{token.kind}</Tag>}
              </th>
              <td>{token.scopes.join(', ') || 'its family only'}</td>
              <td>
                <Ago at={token.created_at} /> by {token.created_by}
              </td>
              <td>{token.last_used_at ? <Ago at={token.last_used_at} /> : 'never'}</td>
              <td>{token.revoked_at ? 'revoked' : token.expires_at ? new Date(token.expires_at).toLocaleDateString() : 'never'}</td>
              <td>
                {!isOver(token) && (
                  <button
                    type="button"
                    className="button button-small button-bad"
                    onClick={() => revoke.mutate(token)}
                    aria-label={`Revoke ${token.name}${token.name === you ? ': this browser has to come in again' : ''}`}
                  >
                    Revoke
                  </button>
                )}
              </td>
            </tr>
          ))}
      </Table>
    </div>
  );
}

/** A secret that is shown this once. */
function Secret({ text, words }: { text: string; words: string }) {
  return (
    <div className="stack-tight" role="status">
      <p>{words}</p>
      <div className="row">
        <code className="settings-secret grow">{text}</code>
        <button type="button" className="button" onClick={() => copy(text)}>
          Copy
        </button>
      </div>
    </div>
  );
}

function NewToken() {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(['read']);
  const [ends, setEnds] = useState('2592000');
  const make = useAct(
    () => send<Posted<'/tokens'>>('POST', '/tokens', { name: name.trim(), scopes: chosen, expires_in_s: ends ? Number(ends) : null }),
    { reads: ['tokens'], showsProblem: true },
  );
  const toggle = (scope: string): void => setChosen(chosen.includes(scope) ? chosen.filter((each) => each !== scope) : [...chosen, scope]);
  return (
    <section className="panel stack-tight" aria-labelledby="token-new">
      <h3 id="token-new">Make a token</h3>
      <form
        className="stack-tight"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <div className="settings-form">
          <label className="field">
            <span>Name</span>
            <input className="input" value={name} onChange={(event) => setName(event.target.value)} autoCapitalize="off" placeholder="ci" />
          </label>
          <label className="field">
            <span>Ends</span>
            <select className="input" value={ends} onChange={(event) => setEnds(event.target.value)}>
              {spans.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        </div>
        <fieldset className="row">
          <legend>May</legend>
          {scopes.map(([scope, words]) => (
            <label key={scope} className="choice">
              <input type="checkbox" checked={chosen.includes(scope)} onChange={() => toggle(scope)} />{' '}
              <span className="nowrap">{scope}</span> <span className="quiet">({words})</span>
            </label>
          ))}
        </fieldset>
        <div>
          <button type="submit" className="button button-main" disabled={name.trim() === '' || chosen.length === 0 || make.isPending}>
            Make it
          </button>
        </div>
      </form>
      {make.error && (
        <p role="alert" className="state-bad">
          {wordsOf(make.error)}
        </p>
      )}
      {make.data && (
        <Secret text={make.data.secret} words={`The secret of ${make.data.token.name}. It is shown this once and kept nowhere:`} />
      )}
    </section>
  );
}

function DeviceLink() {
  const link = useAct(() => send<Posted<'/open'>>('POST', '/open'), { reads: ['tokens'] });
  return (
    <section className="panel stack-tight" aria-labelledby="token-link">
      <h3 id="token-link">Another browser or device</h3>
      <p className="quiet">
        A link that lets one browser in, once, within two minutes. It must reach the daemon: away from this machine over an address of yours
        that it listens on.
      </p>
      <div>
        <button type="button" className="button" disabled={link.isPending} onClick={() => link.mutate(undefined)}>
          Make a link
        </button>
      </div>
      {link.data && <Secret text={link.data.url} words={`Open it before ${new Date(link.data.expires_at).toLocaleTimeString()}:`} />}
    </section>
  );
}
