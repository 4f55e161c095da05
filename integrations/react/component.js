'use client';
// The playground as a React component, for React 18 and 19, with and without a server render.
//
// React drops object properties and handlers of custom elements in a server render. So text becomes attributes, and
// everything else is set when the element is in the page. Statement, picture and expected output are in the server render alone.

import { createElement, useEffect, useRef } from 'react';

import { fragment } from '#fragment';

const EVENTS = { onReady: 'ready', onStart: 'start', onLog: 'log', onVerdict: 'verdict', onAttempt: 'attempt', onSolved: 'solved', onError: 'error' };

/** @param {import('./index.js').PlaygroundProps} props */
export function Playground({ children, className, ref: outer, ...props }) {
  /** @type {import('react').RefObject<any>} */
  const ref = useRef(null);
  /** @type {Record<string, any>} */
  const attributes = { class: className, suppressHydrationWarning: true };
  /** @type {Record<string, any>} */
  const objects = {};
  /** @type {Record<string, any>} */
  const handlers = {};
  for (const [name, value] of Object.entries(props)) {
    if (name in EVENTS) handlers[name] = value;
    else if (name === 'style' || name === 'id') attributes[name] = value;
    else if (typeof value === 'object' && value !== null) objects[name] = value;
    else if (value === true) attributes[name] = '';
    else if (value !== false && value !== null && value !== undefined) attributes[name] = String(value);
  }
  const latest = useRef(handlers);
  useEffect(() => void (latest.current = handlers));
  useEffect(() => {
    const element = ref.current;
    const listeners = Object.entries(EVENTS).map(([handler, event]) => {
      const listener = (/** @type {any} */ fired) => fired.target === element && latest.current[handler]?.(fired);
      element.addEventListener(event, listener);
      return () => element.removeEventListener(event, listener);
    });
    // Not in the server render, and not before the page is there.
    void import('../playground.js');
    return () => listeners.forEach((end) => end());
  }, []);
  useEffect(() => {
    if (typeof outer === 'function') outer(ref.current);
    else if (outer) outer.current = ref.current;
  }, [outer]);
  const given = JSON.stringify(objects);
  useEffect(() => void Object.assign(ref.current, JSON.parse(given)), [given]);
  if (children !== undefined) return createElement('async-playground', { ...attributes, ref }, children);
  return createElement('async-playground', { ...attributes, ref, dangerouslySetInnerHTML: { __html: fragment(props.exercise) } });
}
