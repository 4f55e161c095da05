// Astro: an integration that loads the element, and fills it in every page that is rendered.

/** @returns {import('astro').AstroIntegration} */
export default function asyncPlayground() {
  return {
    name: 'async-playground',
    hooks: {
      'astro:config:setup': ({ addMiddleware, injectScript }) => {
        injectScript('page', "import 'async-playground';");
        addMiddleware({ entrypoint: new URL('middleware.js', import.meta.url), order: 'pre' });
      },
    },
  };
}
