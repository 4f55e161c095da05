// Runs before the first paint: with `?embed` in its address, a page shows the playground alone. The rest of embedding is
// in embed.js.

{
  const query = new URLSearchParams(location.search);
  const root = document.documentElement;
  const theme = query.get('theme');
  root.toggleAttribute('data-embed', query.has('embed'));
  if (query.has('embed') && (theme === 'light' || theme === 'dark')) root.dataset.theme = theme;
}
