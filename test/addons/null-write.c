/* An addon whose only act is to write to address 0 when it is loaded. */
__attribute__((constructor)) static void crash(void) {
  volatile int *nowhere = 0;
  *nowhere = 1;
}
