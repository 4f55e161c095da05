// What the page's tests know of request-id, independently of the library.

export default { number: 7, end: 50, interference: false };
