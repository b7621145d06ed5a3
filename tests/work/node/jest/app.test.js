const request = require("supertest");
const app = require("./app");

describe("a server", () => {
  test("greets", () => request(app).get("/").expect(200, "hello"));
  test("adds", () =>
    request(app).post("/sum").send([1, 2, 3]).expect(200, { sum: 6 }));
  test("does not have everything", () => request(app).get("/no").expect(404));
  test("keeps files", async () => {
    await request(app).put("/file/f.json").send({ a: 1 }).expect(201);
    await request(app).get("/file/f.json").expect(200, { a: 1 });
  });
  test("answers a crowd", async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () =>
      request(app).get("/")));
    expect(all.every((r) => r.text === "hello")).toBe(true);
  });
});
