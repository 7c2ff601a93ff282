import { fork } from "node:child_process";

/** A process that answers messages with messages, one for one. @param {URL} file @param {readonly unknown[]} args */
export function child(file, args) {
  const started = fork(file, args.map(String));
  const left = new Promise((resolve) => started.once("exit", resolve));
  return {
    say: (message) => started.send(message),
    heard: () =>
      new Promise((resolve, reject) => {
        started.once("message", (message) => (message.error ? reject(new Error(message.error)) : resolve(message)));
        void left.then((code) => reject(new Error(`${file.pathname} ${args.join(" ")} ended with ${code}`)));
      }),
    stop: () => {
      started.kill("SIGKILL");
      return left;
    },
  };
}
