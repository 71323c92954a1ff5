import type { PlanRound } from './queries';

/** One unit in the rehearsal: which round, and which of the places side by side. */
export interface GanttBox {
  id: string;
  round: number;
  lane: number;
}

export interface Gantt {
  boxes: GanttBox[];
  rounds: number;
  lanes: number;
  /** Runs of rounds that belong to one phase. */
  phases: { name: string; from: number; to: number }[];
}

/** Puts the rounds of a simulation side by side. A unit keeps no place of its own: each takes one round. Pure. */
export function ganttOf(rounds: readonly PlanRound[]): Gantt {
  const boxes = rounds.flatMap((round, at) => round.items.map((id, lane): GanttBox => ({ id, round: at, lane })));
  const phases: Gantt['phases'] = [];
  for (const [at, round] of rounds.entries()) {
    const name = round.phases.join(', ');
    const last = phases.at(-1);
    if (last?.name === name) last.to = at;
    else phases.push({ name, from: at, to: at });
  }
  return { boxes, rounds: rounds.length, lanes: Math.max(0, ...rounds.map((round) => round.items.length)), phases };
}
