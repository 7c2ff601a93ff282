/** glibc learns from blocks of up to 32 MiB, with what is written before each. */
const LARGEST_LEARNT = 32 * 1024 * 1024 - 128 * 1024;

let done = false;

/**
 * Lets the memory of large arrays be used again. At first glibc takes each block of 128 kB and more from the system and gives
 * it back when it is freed; fresh pages cost more than copying into them. It stops doing so for sizes up to that of the
 * largest block it has seen freed: so one is freed here that nobody ever wrote to, which therefore takes no memory.
 * Up to 64 MiB of freed memory stay with the process, and as much with each thread.
 *
 * Whoever sets MALLOC_MMAP_THRESHOLD_ or MALLOC_TRIM_THRESHOLD_ has decided otherwise: glibc learns nothing then. Other
 * allocators are not affected.
 */
export function keepFreed(): void {
  if (done) return;
  done = true;
  let buffer: ArrayBufferLike;
  try {
    ({ buffer } = Buffer.allocUnsafeSlow(LARGEST_LEARNT));
  } catch {
    // There is no room to learn from: the array at hand may still fit.
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.close();
  // What is transferred into a closed port is freed at once; a garbage collection would come when it likes.
  port1.postMessage(undefined, [buffer as ArrayBuffer]);
}
