package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A process that a test started: its output is in files, and it ends with the test. */
final class ChildProcess implements AutoCloseable {
  /** On a busy machine; what hangs fails after it. */
  private static final int PATIENCE_SECONDS = 300;

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it; {@code folder} gets {@code name.out} and {@code name.err}. */
  static ChildProcess start(
      String name, Path folder, Map<String, String> environment, List<String> command) {
    try {
      Files.createDirectories(folder);
      Path out = folder.resolve(name + ".out");
      Path err = folder.resolve(name + ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().remove("SPARK_HOME");
      builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
      builder.environment().putAll(environment);
      ChildProcess child = new ChildProcess(name, builder.start(), out, err);
      Runtime.getRuntime().addShutdownHook(new Thread(child::close));
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has printed. */
  String out() {
    return read(out);
  }

  /** What it has printed on stderr. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until something holds while it runs. */
  void await(String what, BooleanSupplier holds) {
    long begin = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new AssertionError(name + " ended before " + what + ":\n" + out() + err());
      }
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        throw new AssertionError(name + ": no " + what + " in time:\n" + out() + err());
      }
      pause(50);
    }
  }

  /** Waits for a text on stdout. */
  void awaitOutput(String text) {
    await("'" + text + "'", () -> out().contains(text));
  }

  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; the status of a shell, 128 and the signal's number where one ended it. */
  int status() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(name + " does not end:\n" + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its descendants whose command line has a word. */
  List<ProcessHandle> descendants(String word) {
    return process.descendants().filter(child -> commandLine(child).contains(word)).toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", process.pid() + "", "cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** Sends a signal, such as STOP, to a process that may have ended. */
  static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, "" + process.pid())
          .redirectErrorStream(true)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL; its descendants stay. */
  void kill() {
    process.destroyForcibly();
    status();
  }

  /** SIGKILL to it and its descendants. */
  @Override
  public void close() {
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
