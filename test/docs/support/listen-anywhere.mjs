// Preloaded before a snippet, which listens on port 3000 as a reader's would: gives it a free port on 127.0.0.1, and
// tells the parent process which.
import { Server } from "node:net";

const { listen } = Server.prototype;

Server.prototype.listen = function listenAnywhere(...parameters) {
  this.once("listening", () => process.send?.({ port: this.address().port }));
  const callbacks = parameters.filter((parameter) => typeof parameter === "function");
  return Reflect.apply(listen, this, [0, "127.0.0.1", ...callbacks]);
};
