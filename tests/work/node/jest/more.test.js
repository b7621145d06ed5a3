const { execFileSync } = require("child_process");
const os = require("os");

test("a process of its own", () => {
  expect(execFileSync("echo", ["x"]).toString()).toBe("x\n");
});
test("time that is not the clock's", () => {
  jest.useFakeTimers();
  const f = jest.fn();
  setTimeout(f, 1e6);
  jest.runAllTimers();
  expect(f).toHaveBeenCalledTimes(1);
});
test("the loopback", () => {
  expect(Object.keys(os.networkInterfaces())).toContain("lo");
});
test("a snapshot", () => {
  expect({ a: [1, 2] }).toMatchInlineSnapshot(`
{
  "a": [
    1,
    2,
  ],
}
`);
});
