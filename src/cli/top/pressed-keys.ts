/** Keys of the terminal, one by one, without echo; nothing where the input is no terminal. @returns how to give the terminal back */
export function onKeys(pressed: (key: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const read = (bytes: Buffer) => {
    for (const key of bytes.toString()) pressed(key);
  };
  const cooked = () => void stdin.setRawMode(false);
  stdin.setRawMode(true);
  process.once("exit", cooked);
  stdin.on("data", read);
  return () => {
    process.off("exit", cooked);
    stdin.off("data", read);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
