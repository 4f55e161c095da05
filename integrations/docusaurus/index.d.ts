/** The remark plugin for `::playground{exercise=ttl-cache}`. */
export default function playground(): (tree: any, file: any) => void;
