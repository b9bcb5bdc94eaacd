package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What the build has left for the tests to start. */
final class Built {
  private static final Path ROOT = Path.of(System.getProperty("rgflow.root")).normalize();

  private Built() {}

  /** The repository. */
  static Path root() {
    return ROOT;
  }

  /** {@code bin/rgflow}, which finds the one jar and Spark beside it. */
  static Path launcher() {
    assertThat(jar()).as("the one jar: run mvn verify from the root").exists();
    return ROOT.resolve("bin/rgflow");
  }

  /** The one jar. */
  static Path jar() {
    return ROOT.resolve("modules/runtime/target/rgflow-runtime.jar");
  }

  /** A SPARK_HOME: a folder with {@code jars}. */
  static Path sparkHome() {
    return ROOT.resolve("modules/runtime/target/spark");
  }

  /** Class path of Spark's own processes. */
  static String spark() {
    return sparkHome().resolve("jars") + "/*";
  }

  /** Class path of the daemons of HDFS and YARN. */
  static String hadoop() {
    return ROOT.resolve("modules/cluster-tests/target/hadoop") + "/*:" + spark();
  }

  /** Class path of the S3 server. */
  static String s3proxy() {
    return ROOT.resolve("modules/cluster-tests/target/s3proxy") + "/*";
  }

  /** The bundled training images. */
  static Path images() {
    return ROOT.resolve("data/fashion-mnist/train-images-idx3-ubyte.gz");
  }

  /** The first of the bundled test images, as IDX. */
  static byte[] testImages(int count) {
    Path file = ROOT.resolve("data/fashion-mnist/test-images-idx3-ubyte.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] idx = in.readNBytes(16 + count * 28 * 28);
      ByteBuffer.wrap(idx).putInt(4, count);
      return idx;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command of the JDK that runs the tests, such as {@code java}. */
  static String jdk(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Options with which a JVM starts soonest. */
  static List<String> quickStart() {
    return List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  }

  /** What Spark and YARN need opened on Java 17. */
  static List<String> java17Options() {
    return Arrays.asList(System.getProperty("rgflow.java17.options").trim().split("\\s+"));
  }

  /** A java command of a small server. */
  static List<String> java(String classPath, String main, String... arguments) {
    List<String> command = new ArrayList<>(List.of(jdk("java"), "-Xmx512m"));
    command.addAll(quickStart());
    command.addAll(java17Options());
    command.addAll(List.of("-cp", classPath, main));
    return Stream.concat(command.stream(), Stream.of(arguments)).toList();
  }
}
