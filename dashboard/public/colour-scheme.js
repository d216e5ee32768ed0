// Sets the colour scheme before the first paint, so that a dark screen never flashes white.
// The key is the one that Mantine keeps its choice under (src/main.tsx).
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('switchboard-colour-scheme');
  } catch {
    // Storage may be switched off; the system's scheme is a good answer then.
  }
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
