import asyncPlayground from 'async-playground/astro';

export default { base: '/some/prefix', integrations: [asyncPlayground()] };
