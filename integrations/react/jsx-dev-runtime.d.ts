import './jsx-runtime.js';

export * from 'react/jsx-dev-runtime';
