// Loads the element in the browser; the server render has the directive's own content.

if (typeof document !== 'undefined') void import('../playground.js');
