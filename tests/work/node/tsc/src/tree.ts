export interface Tree<T> {
  value: T;
  children: Tree<T>[];
}

export function tree(levels: number): Tree<number> {
  return {
    value: levels,
    children: levels === 0 ? [] : [tree(levels - 1), tree(levels - 1)],
  };
}

export function depth<T>(t: Tree<T>): number {
  return 1 + Math.max(0, ...t.children.map(depth));
}
