package org.rgflow.cli.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What computes, as it is loaded.
 *
 * @param name of ND4J's backend, such as {@code CpuBackend}
 * @param version of ND4J
 * @param isCpu whether it runs on the processor
 * @param hasOneDnn whether the native library was built with oneDNN, and may use it
 * @param blas vendor of the matrix products
 * @param threads of one operator
 */
public record Backend(
    String name, String version, boolean isCpu, boolean hasOneDnn, String blas, int threads) {
  private static final String VERSION = "/META-INF/maven/org.nd4j/nd4j-api/pom.properties";
  private static final String ONE_DNN = "HAVE_ONEDNN";

  /** The one of this process. */
  public static Backend loaded() {
    return of(
        Nd4j.getBackend().getClass().getSimpleName(),
        Nd4j.getEnvironment().isCPU(),
        natives().buildInfo(),
        Nd4j.getEnvironment().helpersAllowed(),
        Nd4j.factory().blas().getBlasVendor().name(),
        natives().ompGetMaxThreads());
  }

  /**
   * One that tells what it was built with.
   *
   * @param buildInfo a line for each library, such as {@code HAVE_ONEDNN}
   * @param helpersAllowed whether operators may leave their work to such libraries
   */
  static Backend of(
      String name,
      boolean isCpu,
      String buildInfo,
      boolean helpersAllowed,
      String blas,
      int threads) {
    boolean oneDnn = buildInfo.lines().anyMatch(line -> line.trim().equals(ONE_DNN));
    return new Backend(name, apiVersion(), isCpu, oneDnn && helpersAllowed, blas, threads);
  }

  private static NativeOps natives() {
    Nd4j.getBackend(); // loads it
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  private static String apiVersion() {
    Properties properties = new Properties();
    try (InputStream in = Nd4j.class.getResourceAsStream(VERSION)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "of unknown version");
  }

  /** What to say at start: of a processor without oneDNN. */
  public Optional<String> warning() {
    return isCpu && !hasOneDnn
        ? Optional.of(
            "warning: ND4J's native library is without oneDNN, so convolutions take some thirty"
                + " times as long; put nd4j-native of classifier linux-x86_64-onednn-avx2 on the"
                + " class path")
        : Optional.empty();
  }

  /** Prints the {@link #warning()} of the one loaded, if there is one. */
  public static void warn(PrintWriter err) {
    loaded().warning().ifPresent(line -> err.println("rgflow: " + line));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s %s, %s, %s", name, version, hasOneDnn ? "oneDNN" : "no oneDNN", blas);
  }
}
