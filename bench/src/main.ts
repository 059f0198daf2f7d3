import { printPart } from "./report.ts";
import { verifyPart } from "./verify.ts";

printPart(await verifyPart());
