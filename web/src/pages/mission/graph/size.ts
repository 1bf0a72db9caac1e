// Of a node, in px; the same in graph.module.css.
export const nodeWidth = 212;
export const nodeHeight = 52;
