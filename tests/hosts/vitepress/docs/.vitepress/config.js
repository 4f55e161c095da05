export default {
  title: 'Lessons',
  base: '/some/prefix/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'async-playground' } } },
};
