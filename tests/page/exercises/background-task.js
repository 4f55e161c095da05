// What the page's tests know of background-task, independently of the library.

export default { number: 3, end: 200, interference: false };
