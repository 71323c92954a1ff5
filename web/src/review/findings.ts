import type { Finding } from '../api/types';
import type { FileDiff } from '../parts/diffText';

/** Findings of one file: at lines that the diff shows, and the others. */
export interface FileFindings {
  /** By the last line they are about. */
  at: Map<number, Finding[]>;
  /** About the whole file, or about lines that are not in the diff. */
  outside: Finding[];
}

export interface Placed {
  files: Map<string, FileFindings>;
  /** About the whole, or about files that are not in the diff. */
  general: Finding[];
}

const ranks = ['critical', 'high', 'medium', 'low'];

export const bySeverity = (a: Finding, b: Finding): number =>
  ranks.indexOf(a.severity) - ranks.indexOf(b.severity) || a.created_at.localeCompare(b.created_at);

/** Those that say something now: not taken back, and not said better by another one. */
export const current = (findings: readonly Finding[]): Finding[] =>
  findings.filter((one) => one.state !== 'closed' && one.state !== 'merged');

/** Puts each finding where it is read. Pure. */
export function place(files: readonly FileDiff[], findings: readonly Finding[]): Placed {
  const placed: Placed = { files: new Map(files.map((file) => [file.path, { at: new Map(), outside: [] }])), general: [] };
  const lines = new Map(files.map((file) => [file.path, new Set(file.hunks.flatMap((hunk) => hunk.lines.map((line) => line.now)))]));
  for (const finding of [...findings].sort(bySeverity)) {
    const file = finding.file === null ? undefined : placed.files.get(finding.file);
    const line = finding.end_line ?? finding.line;
    if (!file) placed.general.push(finding);
    else if (line === null || !lines.get(finding.file!)!.has(line)) file.outside.push(finding);
    else file.at.set(line, [...(file.at.get(line) ?? []), finding]);
  }
  return placed;
}

export type Decision = 'accept' | 'fix' | 'again' | 'block' | 'reject';

/** What exactly a decision will do, sentence by sentence. Pure. */
export function decisionWords(decision: Decision, findings: readonly Finding[]): string[] {
  const drafts = findings.filter((one) => one.state === 'draft').length;
  const open = findings.filter((one) => one.state === 'open');
  const blocking = open.filter((one) => one.severity === 'critical' || one.severity === 'high').length;
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const be = (count: number): string => (count === 1 ? 'is' : 'are');
  const unsent = [drafts > 0 ? many(drafts, 'comment') : '', open.length > 0 ? many(open.length, 'finding') : ''].filter(Boolean);
  const milder = open.length - blocking;
  switch (decision) {
    case 'accept':
      return [
        'The item is done, or goes to its branch first where its project delivers by itself.',
        drafts + open.length === 0
          ? 'Nothing is left open.'
          : `${unsent.join(' and ')} that nobody sent ${be(drafts + open.length)} kept as debt.`,
      ];
    case 'fix':
      return [
        `${many(drafts, 'comment')} of yours and ${many(blocking, 'finding')} that block${blocking === 1 ? 's' : ''} ` +
          'go to the agent as one message, in its own conversation.',
        'A new run mends it; then the check and the reviewers look again.',
        ...(milder > 0 ? [`${many(milder, 'milder finding')} ${be(milder)} kept as debt, unless the project sends them back, too.`] : []),
      ];
    case 'again':
      return ['What reviewers are still at is called off, and a new round looks at the same work.'];
    case 'block':
      return ['The item is set aside as blocked, with your reason. Nothing runs on it, and its branch stays.'];
    case 'reject':
      return ['The item has failed, with your reason. Its branch and its runs stay.'];
  }
}

/** A comment as it is sent (POST /reviews/{id}/comments). */
export interface Comment {
  text: string;
  file: string | null;
  line: number | null;
  end_line: number | null;
  severity: string;
  suggestion: string | null;
}

/** Lines that are gone have no number in the new file: what they said goes with the comment. */
export function commentOf(
  file: string,
  picked: { line: number; endLine: number | null; removed: string | null },
  said: { text: string; severity: string; suggestion: string },
  quoteRemoved: boolean,
): Comment {
  const quote =
    quoteRemoved && picked.removed
      ? `\n\nAbout what was removed here:\n${picked.removed
          .split('\n')
          .slice(0, 20)
          .map((line) => `> ${line}`)
          .join('\n')}`
      : '';
  return {
    text: said.text.trim() + quote,
    file,
    line: picked.line,
    end_line: picked.endLine,
    severity: said.severity,
    suggestion: said.suggestion.trim() || null,
  };
}
