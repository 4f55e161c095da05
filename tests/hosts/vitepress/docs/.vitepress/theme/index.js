import DefaultTheme from 'vitepress/theme';
import { Playground } from 'async-playground/vue';

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component('Playground', Playground),
};
