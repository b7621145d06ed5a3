const express = require("express");
const fs = require("fs");
const path = require("path");

const app = express();
app.use(express.json());
app.get("/", (request, response) => response.send("hello"));
app.post("/sum", (request, response) =>
  response.json({ sum: request.body.reduce((a, b) => a + b, 0) }));
app.put("/file/:name", (request, response) => {
  fs.writeFileSync(path.join(__dirname, request.params.name),
    JSON.stringify(request.body));
  response.status(201).end();
});
app.get("/file/:name", (request, response) =>
  response.sendFile(path.join(__dirname, request.params.name)));
module.exports = app;
