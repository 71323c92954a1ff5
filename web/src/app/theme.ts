export type Theme = 'system' | 'light' | 'dark';

const kept = 'theme';

export const chosenTheme = (): Theme => (localStorage.getItem(kept) as Theme | null) ?? 'system';

/** Sets what the token sheet reads; the choice is this browser's alone. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(kept, theme);
}
