// What the page's tests know of connection-pool, independently of the library.

export default { number: 5, end: 150, interference: true };
