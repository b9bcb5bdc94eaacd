package org.rgflow.cli.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.rgflow.cli.bench.ConvolutionLimit;

/**
 * One Java process as it sees itself; it travels as JSON, as Kryo 4 cannot read records.
 *
 * @param process driver, or an executor's number
 * @param host its name
 * @param java version
 * @param backend what computes
 * @param onednn whether with oneDNN, or not on a processor at all
 * @param threads of one operator
 * @param cores that the process may use
 * @param heap bytes of Java's heap at most
 * @param offHeap bytes of native buffers at most; 0 for no limit
 * @param resident bytes of the whole process past which native buffers are refused; 0 for no limit
 * @param nativeHeaps that the C library may keep, in each of which freed memory stays
 * @param collectsWhenAsked whether the collector runs when called, which frees native memory
 * @param container bytes that its control group may use, or that the machine has
 * @param gigaflops 1e9 floating-point operations a second of one convolution
 */
public record Machine(
    String process,
    String host,
    String java,
    String backend,
    boolean onednn,
    int threads,
    int cores,
    long heap,
    long offHeap,
    long resident,
    int nativeHeaps,
    boolean collectsWhenAsked,
    long container,
    double gigaflops) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHANNELS = 32;
  private static final List<String> LIMITS =
      List.of("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes");

  /** This process, which computes for half a second to see how fast it is. */
  public static Machine here(String process) {
    Backend backend = Backend.loaded();
    return new Machine(
        process,
        hostName(),
        Runtime.version().toString(),
        backend.toString(),
        backend.warning().isEmpty(),
        backend.threads(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        Pointer.maxBytes(),
        Pointer.maxPhysicalBytes(),
        arenas(),
        hearsCalls(),
        room(),
        ConvolutionLimit.gigaflops(CHANNELS));
  }

  /** glibc has eight a core by default. */
  private static int arenas() {
    try {
      return Integer.parseInt(System.getenv("MALLOC_ARENA_MAX"));
    } catch (NumberFormatException e) {
      return 8 * Runtime.getRuntime().availableProcessors();
    }
  }

  private static boolean hearsCalls() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return !Boolean.parseBoolean(vm.getVMOption("DisableExplicitGC").getValue());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "unnamed host"; // one without an entry for itself still computes
    }
  }

  private static long room() {
    long machine =
        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getTotalMemorySize();
    return Stream.concat(LIMITS.stream().map(Machine::limit), Stream.of(machine))
        .filter(limit -> limit > 0)
        .min(Long::compare)
        .orElse(machine);
  }

  /** Zero where there is none. */
  private static long limit(String file) {
    try {
      return Long.parseLong(Files.readString(Path.of(file)).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** What it may take. */
  ProcessMemory memory() {
    return new ProcessMemory(heap, offHeap, resident);
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Machine of(String json) {
    try {
      return JSON.readValue(json, Machine.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
