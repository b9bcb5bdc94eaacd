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
   * @param process its name
   * @param limit bytes past which it is killed
   * @param limitKey what sets the limit, for the remedy
   */
  static Finding of(String process, ProcessMemory memory, long limit, String limitKey) {
    long native_ = memory.offHeap() == 0 ? Long.MAX_VALUE : memory.offHeap();
    String subject = "memory of " + process;
    String sizes =
        String.format(
            Locale.ROOT,
            "heap %s, native buffers %s, killed past %s",
            mebibytes(memory.heap()),
            memory.offHeap() == 0 ? "without limit" : "up to " + mebibytes(native_),
            mebibytes(limit));
    boolean refusesInTime = memory.resident() > 0 && memory.resident() < limit;
    boolean fits = native_ < limit && memory.heap() + native_ + REST <= limit;
    if (fits) {
      return Finding.ok(subject, sizes);
    }
    long room = limit - memory.heap() - REST;
    String lower =
        room > 0
            ? "lower -Dorg.bytedeco.javacpp.maxbytes to " + room / MIB + "m, or raise " + limitKey
            : "raise " + limitKey + ", or lower the heap";
    if (refusesInTime) {
      return Finding.warning(
          subject,
          sizes + "; refused past " + mebibytes(memory.resident()),
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
