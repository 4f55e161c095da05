// The App Router wants this file for pages in MDX.
export const useMDXComponents = () => ({});
