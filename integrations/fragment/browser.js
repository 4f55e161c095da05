// In the browser there is none: what the server has rendered stays until the element is there.

export const fragment = () => '';
