// What the page's tests know of circuit-breaker, independently of the library.

export default { number: 9, end: 600, interference: true };
