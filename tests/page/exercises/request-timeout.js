// What the page's tests know of request-timeout, independently of the library.

export default { number: 6, end: 250, interference: false };
