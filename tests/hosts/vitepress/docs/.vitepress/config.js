export default {
  title: 'Lessons',
  base: '/some/prefix/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
};
