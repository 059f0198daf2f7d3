import { app } from "./fetch.ts";

export default app;
