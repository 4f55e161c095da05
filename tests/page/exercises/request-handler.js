// What the page's tests know of request-handler, independently of the library.

export default { number: 1, end: 100, interference: false };
