package org.rgflow.cli.machine;

import java.util.Locale;

/**
 * Whether a process stays within what it may use: heap, native buffers and the rest of a Java
 * process, beside the limit past which it is killed.
 */
final class MemoryCheck {
  private static final long MIB = 1L << 20;

  /** Class data, threads' stacks, compiled code and network buffers of an executor, about. */
  private static final long REST = 512 * MIB;

  private MemoryCheck() {}

  /**
   * Checks one process.
   *
   * @param limit bytes past which it is killed
   * @param limitKey what sets the limit, for the remedy
   */
  static Finding of(Machine machine, long limit, String limitKey) {
    long native_ = machine.offHeap() == 0 ? Long.MAX_VALUE : machine.offHeap();
    String subject = "memory of " + machine.process();
    String sizes =
        String.format(
            Locale.ROOT,
            "heap %s, native buffers %s, killed past %s",
            mebibytes(machine.heap()),
            machine.offHeap() == 0 ? "without limit" : "up to " + mebibytes(native_),
            mebibytes(limit));
    boolean refusesInTime = machine.resident() > 0 && machine.resident() < limit;
    boolean fits = native_ < limit && machine.heap() + native_ + REST <= limit;
    if (fits) {
      return Finding.ok(subject, sizes);
    }
    long room = limit - machine.heap() - REST;
    String lower =
        room > 0
            ? "lower -Dorg.bytedeco.javacpp.maxbytes to " + room / MIB + "m, or raise " + limitKey
            : "raise " + limitKey + ", or lower the heap";
    if (refusesInTime) {
      return Finding.warning(
          subject,
          sizes + "; refused past " + mebibytes(machine.resident()),
          "a large batch will end with an error of memory: " + lower);
    }
    return Finding.failure(
        subject,
        sizes,
        lower
            + "; and set -Dorg.bytedeco.javacpp.maxphysicalbytes below the limit, so that an error"
            + " names it");
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes / MIB);
  }
}
