// What the page's tests know of ttl-cache, independently of the library.

export default { number: 8, end: 800, interference: true };
