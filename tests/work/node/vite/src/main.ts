import { greet } from "./greet";
import "./style.css";

document.getElementById("app")!.textContent = greet("world");
import("./late").then((late) => late.log());
