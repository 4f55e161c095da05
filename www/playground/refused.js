// Leads the reader to what keeps a run, a search or a check from starting.

/** @param {import('./controls.js').Refused} refused */
export function leadTo({ field }) {
  const drawer = field?.closest('details');
  if (drawer) drawer.open = true;
  field?.focus();
}
