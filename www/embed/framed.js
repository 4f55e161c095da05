// Before anything is drawn: an exercise asked for as `?embed` shows its bench and nothing around it.
//
// Nothing waits for it but that drawing. The rest of what embedding takes is embed.js.

{
  const query = new URLSearchParams(location.search);
  const root = document.documentElement;
  const theme = query.get('theme');
  root.toggleAttribute('data-embed', query.has('embed'));
  if (query.has('embed') && (theme === 'light' || theme === 'dark')) root.dataset.theme = theme;
}
