import { describe, expect, it } from 'vitest';
import { deliveryBody, deliveryWords, firstChoice } from './deliver';

describe('what a delivery will do', () => {
  it('says it for each way', () => {
    expect(deliveryWords({ ...firstChoice, into: 'main' }, 'agent/x').join(' ')).toContain('main gets a merge commit');
    expect(deliveryWords({ ...firstChoice, strategy: 'squash' }, null).join(' ')).toContain(
      'the branch that the project’s folder is on gets one commit',
    );
    expect(deliveryWords({ ...firstChoice, strategy: 'rebase', verify: false }, 'a').join(' ')).toContain('Nothing is verified');
    const pull = deliveryWords({ ...firstChoice, strategy: 'pull_request', draft: true }, 'agent/x').join(' ');
    expect(pull).toContain('opens a draft pull request into GitHub’s default branch');
    expect(pull).toContain('No branch here is moved');
  });

  it('asks for exactly that', () => {
    expect(deliveryBody({ ...firstChoice, into: ' main ' })).toEqual({
      strategy: 'merge',
      into: 'main',
      verify: true,
      update_checkout: false,
    });
    expect(deliveryBody({ ...firstChoice, strategy: 'pull_request', message: 'Title' })).toEqual({
      strategy: 'pull_request',
      draft: false,
      message: 'Title',
    });
  });
});
