// Dark or light: as the system has it, unless the reader chose.
export type Theme = 'system' | 'light' | 'dark';
const key = 'lazaret-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

function apply() {
  const theme = chosenTheme();
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
}

export function chooseTheme(theme: Theme) {
  if (theme === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  apply();
}

export function startTheme() {
  apply();
  dark.addEventListener('change', apply);
  window.addEventListener('storage', apply); // another tab chose
}
