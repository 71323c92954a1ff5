import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** The daemon's own routes have the plain paths (/items/{id} is JSON): pages live below /app, the board at /. */
export interface Page {
  path: string;
  title: string;
  /** Shown in the side bar, under this name and sign, with this key after `g`. */
  nav?: { sign: string; key: string };
  view: LazyExoticComponent<ComponentType>;
}

export const pages: readonly Page[] = [
  { path: '/', title: 'Board', nav: { sign: '▤', key: 'b' }, view: lazy(() => import('../board/BoardPage')) },
  { path: '/app/needs', title: 'Needs you', nav: { sign: '!', key: 'i' }, view: lazy(() => import('../needs/NeedsPage')) },
  { path: '/app/plans', title: 'Plans', nav: { sign: '☷', key: 'p' }, view: lazy(() => import('../plans/PlansPage')) },
  { path: '/app/plans/:id', title: 'Plan', view: lazy(() => import('../plans/PlanPage')) },
  { path: '/app/runs', title: 'Runs', nav: { sign: '▷', key: 'r' }, view: lazy(() => import('../runs/RunsPage')) },
  { path: '/app/runs/:id', title: 'Run', view: lazy(() => import('../runs/RunPage')) },
  { path: '/app/items/:id', title: 'Item', view: lazy(() => import('../items/ItemPage')) },
  { path: '/app/items/:id/review', title: 'Review', view: lazy(() => import('../review/ReviewPage')) },
  { path: '/app/items/:id/timeline', title: 'Timeline', view: lazy(() => import('../timeline/TimelinePage')) },
  { path: '/app/queue', title: 'Queue', nav: { sign: '≣', key: 'q' }, view: lazy(() => import('../queue/QueuePage')) },
  { path: '/app/usage', title: 'Usage', nav: { sign: '$', key: 'u' }, view: lazy(() => import('../usage/UsagePage')) },
  { path: '/app/settings', title: 'Settings', nav: { sign: '⚙', key: 's' }, view: lazy(() => import('../settings/SettingsPage')) },
  { path: '/app/settings/:part', title: 'Settings', view: lazy(() => import('../settings/SettingsPage')) },
  { path: '/app/start', title: 'First steps', view: lazy(() => import('../start/StartPage')) },
];

export const itemPath = (id: string): string => `/app/items/${id}`;
export const runPath = (id: string, tab?: string): string => (tab ? `/app/runs/${id}?tab=${tab}` : `/app/runs/${id}`);
export const reviewPath = (itemId: string): string => `/app/items/${itemId}/review`;
export const planPath = (id: string): string => `/app/plans/${id}`;
