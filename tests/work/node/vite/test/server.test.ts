import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("asks a server", async () => {
  const server = createServer((_, answer) => answer.end("hi"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hi");
  await new Promise((done) => server.close(done));
});
it("has files", () => {
  const dir = mkdtempSync(join(tmpdir(), "x"));
  writeFileSync(join(dir, "f"), "y");
  expect(readFileSync(join(dir, "f"), "utf8")).toBe("y");
  rmSync(dir, { recursive: true });
});
