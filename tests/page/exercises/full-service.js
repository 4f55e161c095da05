// What the page's tests know of full-service, independently of the library.

// Burst 5 at 5 a second: the sixth fetch starts at 200 ms and takes 100.
export default { number: 11, end: 300, interference: true };
