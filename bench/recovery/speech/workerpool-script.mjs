import workerpool from "workerpool";
import { openListener } from "./listen.mjs";

const listen = await openListener();
workerpool.worker({ answer: listen });
