import { secrets } from "../smoke/sign.ts";
import { app } from "./fetch.ts";

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Response | Promise<Response>): void;
}

addEventListener("fetch", (event) => {
  const { request, respondWith } = event as FetchEvent;
  respondWith.call(event, app.fetch(request, { SECRET: secrets.aiStats }));
});
