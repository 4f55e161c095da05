import type { NextConfig } from 'next';

export default {
  basePath: '/some/prefix',
  trailingSlash: true,
  // The lock file of the repository around is not that of this site.
  turbopack: { root: import.meta.dirname },
} satisfies NextConfig;
