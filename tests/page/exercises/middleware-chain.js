// What the page's tests know of middleware-chain, independently of the library.

export default { number: 10, end: 50, interference: false };
