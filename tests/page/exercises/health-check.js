// What the page's tests know of health-check, independently of the library.

export default { number: 4, end: 50, interference: false };
