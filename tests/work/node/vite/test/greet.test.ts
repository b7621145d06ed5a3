import { describe, expect, it, vi } from "vitest";
import { greet } from "../src/greet";

describe("greet", () => {
  it("greets", () => expect(greet("x")).toBe("hello x"));
  it.each([1, 2, 3])("greets number %i", (n) =>
    expect(greet(String(n))).toContain(String(n)));
  it("is spied on", () => {
    const spy = vi.fn(greet);
    spy("y");
    expect(spy).toHaveBeenCalledWith("y");
  });
});
