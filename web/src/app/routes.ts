import { later, type Later } from './later';

/** The daemon's own routes have the plain paths (/items/{id} is JSON): pages live below /app, the board at /. */
export interface Page {
  path: string;
  title: string;
  /** Shown in the side bar, under this name and sign, with this key after `g`. */
  nav?: { sign: string; key: string };
  view: Later<object>;
}

export const pages: readonly Page[] = [
  { path: '/', title: 'Board', nav: { sign: '▤', key: 'b' }, view: later(() => import('../board/BoardPage')) },
  { path: '/app/needs', title: 'Needs you', nav: { sign: '!', key: 'i' }, view: later(() => import('../needs/NeedsPage')) },
  { path: '/app/plans', title: 'Plans', nav: { sign: '☷', key: 'p' }, view: later(() => import('../plans/PlansPage')) },
  { path: '/app/plans/:id', title: 'Plan', view: later(() => import('../plans/PlanPage')) },
  { path: '/app/runs', title: 'Runs', nav: { sign: '▷', key: 'r' }, view: later(() => import('../runs/RunsPage')) },
  { path: '/app/runs/:id', title: 'Run', view: later(() => import('../runs/RunPage')) },
  { path: '/app/items/:id', title: 'Item', view: later(() => import('../items/ItemPage')) },
  { path: '/app/items/:id/review', title: 'Review', view: later(() => import('../review/ReviewPage')) },
  { path: '/app/items/:id/timeline', title: 'Timeline', view: later(() => import('../timeline/TimelinePage')) },
  { path: '/app/queue', title: 'Queue', nav: { sign: '≣', key: 'q' }, view: later(() => import('../queue/QueuePage')) },
  { path: '/app/usage', title: 'Usage', nav: { sign: '$', key: 'u' }, view: later(() => import('../usage/UsagePage')) },
  { path: '/app/settings', title: 'Settings', nav: { sign: '⚙', key: 's' }, view: later(() => import('../settings/SettingsPage')) },
  { path: '/app/settings/:part', title: 'Settings', view: later(() => import('../settings/SettingsPage')) },
  { path: '/app/start', title: 'First steps', view: later(() => import('../start/StartPage')) },
];

/** The page of an address; undefined for none. */
export const pageAt = (path: string): Page | undefined =>
  pages.find((page) => new RegExp(`^${page.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path));

export const itemPath = (id: string): string => `/app/items/${id}`;
export const runPath = (id: string, tab?: string): string => (tab ? `/app/runs/${id}?tab=${tab}` : `/app/runs/${id}`);
export const reviewPath = (itemId: string): string => `/app/items/${itemId}/review`;
export const planPath = (id: string): string => `/app/plans/${id}`;
