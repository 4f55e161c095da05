import createMDX from '@next/mdx';

export default createMDX({ options: { jsxImportSource: 'async-playground/react' } })({
  pageExtensions: ['tsx', 'mdx'],
  basePath: '/some/prefix',
  trailingSlash: true,
  // The lock file of the repository around is not that of this site.
  turbopack: { root: import.meta.dirname },
});
