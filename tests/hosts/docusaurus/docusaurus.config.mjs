import playground from 'async-playground/docusaurus';

export default {
  title: 'Lessons',
  url: 'https://lessons.example',
  baseUrl: '/some/prefix/',
  i18n: { defaultLocale: 'en', locales: ['en', 'de'] },
  onBrokenLinks: 'throw',
  headTags: [{ tagName: 'link', attributes: { rel: 'icon', href: 'data:,' } }],
  presets: [
    ['classic', { docs: { routeBasePath: '/', remarkPlugins: [playground] }, blog: false, theme: {} }],
  ],
};
