import playground from 'async-playground/vitepress';

export default {
  title: 'Lessons',
  base: '/some/prefix/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: { config: playground },
};
