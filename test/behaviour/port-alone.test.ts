/* The same promises where no memory can be shared: threads that talk by their ports alone. */
process.env.HOLDFAST_RINGS = "off";

await import("./calls.test.js");
await import("./delivery.test.js");
await import("./streams.test.js");

export {};
