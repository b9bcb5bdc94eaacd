package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * One driver and two executors of a standalone cluster train and score for so many minutes, {@code
 * -Drgflow.soak=120}: on average of the last quarter they hold what they held in the one before. A
 * look is between two passes, after full collections, and after the C library has given back what
 * is free, so that it sees what is held and not what a moment took. Heaps are touched whole at the
 * start, so that what a process grows by lies beside its heap.
 */
@EnabledIfSystemProperty(named = "rgflow.soak", matches = "[1-9]\\d*")
class SoakIT {
  private static final int MINUTES = Integer.getInteger("rgflow.soak", 0);
  private static final int LOOKS = 96;
  private static final int MIB = 1 << 20;

  /** Of the last quarter's mean over that of the quarter before: a leak grows by its whole rate. */
  private static final double MOST_GROWTH = 1.05;

  @TempDir private Path folder;

  @Test
  void heapAndWhatLiesBesideItStayFlat() throws IOException {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2);
        ChildProcess driver = start(cluster)) {
      awaitWhile(driver, () -> passes(driver) < 2);
      List<ProcessHandle> processes = new ArrayList<>(List.of(driver.handle()));
      processes.addAll(cluster.executors());
      assertThat(processes).hasSize(3);
      List<List<Look>> looks =
          Stream.generate(() -> (List<Look>) new ArrayList<Look>()).limit(3).toList();
      long begin = System.nanoTime();
      for (int look = 0; look <= LOOKS; look++) {
        long due = TimeUnit.MINUTES.toNanos(MINUTES) * look / LOOKS;
        awaitWhile(driver, () -> System.nanoTime() - begin < due);
        Files.createFile(rest());
        int rests = look;
        awaitWhile(driver, () -> lines(driver, "rest") <= rests);
        double minute = (System.nanoTime() - begin) / 60e9;
        for (int process = 0; process < 3; process++) {
          looks.get(process).add(look(processes.get(process), minute));
          System.out.println(
              looks
                  .get(process)
                  .get(look)
                  .line(process == 0 ? "driver" : "executor" + process, passes(driver)));
        }
        Files.delete(rest());
        awaitWhile(driver, () -> lines(driver, "on") <= rests);
      }
      for (List<Look> process : looks) {
        assertThat(growth(process, Look::liveHeap)).isLessThan(MOST_GROWTH);
        assertThat(growth(process, Look::besideHeap)).isLessThan(MOST_GROWTH);
      }
      assertThat(driver.out().lines().filter(line -> line.startsWith("pass")))
          .allMatch(line -> line.endsWith(": 320 scored, 320 ok"));
    }
  }

  private ChildProcess start(StandaloneCluster cluster) {
    String whole = "-Xms1g -XX:+AlwaysPreTouch -XX:+UseSerialGC";
    List<String> command = new ArrayList<>(List.of(Built.jdk("java"), "-Xmx1g"));
    command.addAll(List.of(whole.split(" ")));
    command.addAll(Built.java17Options());
    Map.of(
            "spark.master", cluster.uri(),
            "spark.jars", Built.jar().toString(),
            "spark.executor.memory", "1g",
            "spark.executor.cores", "1",
            "spark.cores.max", "2",
            "spark.driver.host", "127.0.0.1",
            "spark.executor.extraJavaOptions", whole,
            "spark.executorEnv.OMP_NUM_THREADS", "1",
            "spark.executorEnv.MALLOC_ARENA_MAX", "2",
            "spark.ui.enabled", "false")
        .forEach((key, value) -> command.add("-D" + key + "=" + value));
    // what Spark's pages show of the past is kept to these numbers, which two hours would not reach
    for (String kept :
        List.of(
            "spark.ui.retainedJobs",
            "spark.ui.retainedStages",
            "spark.ui.retainedTasks",
            "spark.sql.ui.retainedExecutions")) {
      command.add("-D" + kept + "=20");
    }
    command.addAll(
        List.of(
            "-cp",
            Built.spark() + ":" + Built.jar(),
            Built.root().resolve("modules/cluster-tests/src/test/programs/Soak.java").toString(),
            Built.images().toString(),
            folder.resolve("work").toString(),
            rest().toString()));
    Map<String, String> environment =
        Map.of(
            "OMP_NUM_THREADS",
            "1",
            "MALLOC_ARENA_MAX",
            "2",
            "LOG4J_CONFIGURATION_FILE",
            Built.root().resolve("conf/log4j2.properties").toString());
    return ChildProcess.start("soak", folder, environment, command);
  }

  /** The driver waits between two passes as long as it is there. */
  private Path rest() {
    return folder.resolve("rest");
  }

  private static void awaitWhile(ChildProcess driver, BooleanSupplier holds) {
    while (holds.getAsBoolean()) {
      assertThat(driver.isAlive()).as(() -> driver.out() + driver.err()).isTrue();
      ChildProcess.pause(500);
    }
  }

  private static long passes(ChildProcess driver) {
    return lines(driver, "pass");
  }

  private static long lines(ChildProcess driver, String beginning) {
    return driver.out().lines().filter(line -> line.startsWith(beginning)).count();
  }

  /** A process at rest; memory in MiB. */
  private record Look(double minute, double liveHeap, double besideHeap, long threads, long files) {
    String line(String process, long passes) {
      return String.format(
          "{\"minute\":%.1f,\"process\":\"%s\",\"passes\":%d,\"live_heap_mib\":%.1f,\"beside_heap_mib\":%.1f,\"threads\":%d,\"open_files\":%d}",
          minute, process, passes, liveHeap, besideHeap, threads, files);
    }
  }

  private static Look look(ProcessHandle process, double minute) {
    // each collects first; in between what the first one found dead is freed off the heap
    jcmd(process, "GC.class_histogram");
    ChildProcess.pause(1_000);
    String total = lastLine(jcmd(process, "GC.class_histogram"));
    double live = Double.parseDouble(total.trim().split("\\s+")[2]) / MIB;
    assertThat(jcmd(process, "System.trim_native_heap")).contains("Trim native heap: RSS");
    Path proc = Path.of("/proc", process.pid() + "");
    try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
      List<String> status = Files.readAllLines(proc.resolve("status"));
      double resident = number(status, "VmRSS:") / 1024.0;
      return new Look(minute, live, resident - 1024, number(status, "Threads:"), files.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(List<String> status, String name) {
    String line = status.stream().filter(each -> each.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  private static String jcmd(ProcessHandle process, String command) {
    try {
      Process jcmd =
          new ProcessBuilder(Built.jdk("jcmd"), process.pid() + "", command)
              .redirectErrorStream(true)
              .start();
      String out = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      jcmd.waitFor();
      return out;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lastLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
  }

  private static double growth(List<Look> looks, ToDoubleFunction<Look> memory) {
    double before = mean(looks.subList(LOOKS / 2, 3 * LOOKS / 4), memory);
    return mean(looks.subList(3 * LOOKS / 4, LOOKS + 1), memory) / before;
  }

  private static double mean(List<Look> looks, ToDoubleFunction<Look> memory) {
    return looks.stream().mapToDouble(memory).average().orElseThrow();
  }
}
