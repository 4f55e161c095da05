/** The plugin for markdown-it, which is `markdown.config` of VitePress. */
export default function playground(md: any): void;
