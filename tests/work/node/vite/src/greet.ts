export function greet(whom: string): string {
  return `hello ${whom}`;
}
