// What the page's tests know of concurrent-requests, independently of the library.

export default { number: 2, end: 1100, interference: false };
