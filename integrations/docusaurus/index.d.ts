/** The Docusaurus plugin. */
export default function asyncPlayground(): { name: string; getClientModules(): string[] };
/** The remark plugin for `::playground{exercise=ttl-cache}`. */
export function playground(): (tree: any, file: any) => void;
