import { createHash } from "node:crypto";
import { tree, depth } from "./tree";

const all = tree(4);
console.log(depth(all));
console.log(createHash("sha256").update(JSON.stringify(all)).digest("hex"));
