import { answerMessages } from "../raw-worker-side.mjs";
import { openListener } from "./listen.mjs";

answerMessages(await openListener());
