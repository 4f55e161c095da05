import type { AstroIntegration } from 'astro';

/** The Astro integration. */
export default function asyncPlayground(): AstroIntegration;
