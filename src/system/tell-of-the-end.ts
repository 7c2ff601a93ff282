/** With nobody there to hear it, a program whose app gave up would end in silence, and look like a success. */
export function tellOfTheEnd(name: string, { message }: Error): void {
  const fix = "app.ended tells who asks: then((error) => { if (error) process.exitCode = 1; })";
  process.emitWarning(`${name} has ended: ${message}. (${fix})`, { code: "HOLDFAST_GAVE_UP" });
}
