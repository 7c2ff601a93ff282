/** Ctrl-C and SIGTERM, counted; they end the program by themselves again once released. */
export function onSignals(told: (count: number) => void): { asked: Promise<"asked">; release(): void } {
  let count = 0;
  let ask: (value: "asked") => void = () => {};
  const asked = new Promise<"asked">((resolve) => {
    ask = resolve;
  });
  const listener = () => {
    told(++count);
    ask("asked");
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return {
    asked,
    release() {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    },
  };
}
