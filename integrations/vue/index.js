// The playground as a Vue 3 component, also for VitePress, with and without a server render.

import { h, onMounted } from 'vue';

import { fragment } from '#fragment';

export const Playground = {
  name: 'Playground',
  inheritAttrs: false,
  /**
   * @param {object} _
   * @param {{attrs: Record<string, any>}} context
   */
  setup(_, { attrs }) {
    // Not in the server render, and not before the page is there.
    onMounted(() => void import('../playground.js'));
    return () => {
      const inside = fragment(attrs.exercise);
      // Vue would empty the element that the server has rendered.
      return h('async-playground', inside === '' ? attrs : { ...attrs, innerHTML: inside });
    };
  },
};
