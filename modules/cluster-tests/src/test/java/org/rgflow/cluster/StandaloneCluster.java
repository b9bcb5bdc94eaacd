package org.rgflow.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Spark's own cluster manager: a Master and Workers, a process each, which start executors. */
final class StandaloneCluster implements AutoCloseable {
  private final Path folder;
  private final int port = FreePorts.next();
  private final int page = FreePorts.next();
  private final ChildProcess master;
  private final List<ChildProcess> workers = new ArrayList<>();

  private int started;

  private StandaloneCluster(Path folder) {
    this.folder = folder;
    this.master =
        ChildProcess.start(
            "master",
            folder,
            Map.of(),
            Built.java(
                Built.spark(),
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                "" + port,
                "--webui-port",
                "" + page));
  }

  /** Starts a Master and so many Workers of two cores. */
  static StandaloneCluster start(Path folder, int workers) {
    StandaloneCluster cluster = new StandaloneCluster(folder);
    cluster.master.await("its port", () -> FreePorts.isTaken(cluster.port));
    for (int w = 0; w < workers; w++) {
      cluster.addWorker();
    }
    return cluster;
  }

  /** Starts another Worker and waits until the Master knows it. */
  void addWorker() {
    int before = aliveWorkers();
    String name = "worker" + started++;
    String host = "127.0.0." + started; // no host runs a task twice
    ChildProcess worker =
        ChildProcess.start(
            name,
            folder,
            Map.of("SPARK_HOME", Built.sparkHome().toString(), "SPARK_SCALA_VERSION", "2.12"),
            Built.java(
                Built.spark(),
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                host,
                "--webui-port",
                "" + FreePorts.next(),
                "--cores",
                "2",
                "--memory",
                "3g",
                "--work-dir",
                folder.resolve(name).toString(),
                uri()));
    workers.add(worker);
    worker.await("its registration", () -> aliveWorkers() > before);
  }

  private int aliveWorkers() {
    return state().split("\"state\" : \"ALIVE\"", -1).length - 1;
  }

  /** Workers, applications and drivers, as the Master shows them. */
  String state() {
    return WebPage.text("http://127.0.0.1:" + page + "/json/");
  }

  /** For {@code --master}. */
  String uri() {
    return "spark://127.0.0.1:" + port;
  }

  /** Options of spark-submit for two executors of one core, in different Workers. */
  List<String> options() {
    String quick = String.join(" ", Built.quickStart());
    return List.of(
        "--master",
        uri(),
        "--executor-memory",
        "1g",
        "--executor-cores",
        "1",
        "--total-executor-cores",
        "2",
        "--driver-java-options",
        quick,
        "--conf",
        "spark.executor.extraJavaOptions=" + quick,
        "--conf",
        "spark.driver.host=127.0.0.1",
        // a task that takes longer than the other is run twice: that must change nothing either
        "--conf",
        "spark.speculation=true",
        "--conf",
        "spark.speculation.quantile=0.5",
        "--conf",
        "spark.speculation.multiplier=1.1",
        "--conf",
        "spark.ui.enabled=false");
  }

  /** The running executors. */
  List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(worker -> worker.descendants("CoarseGrainedExecutorBackend").stream())
        .toList();
  }

  /** SIGKILL to a Worker, whose executors end with it. */
  void killWorker(int number) {
    workers.remove(number).close();
  }

  /** What the drivers of cluster mode have printed. */
  String driverOutput() {
    try (Stream<Path> files = Files.walk(folder)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(StandaloneCluster::isOfDriver).sorted().toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfDriver(Path file) {
    return file.getParent().getFileName().toString().startsWith("driver-")
        && file.getFileName().toString().startsWith("std");
  }

  @Override
  public void close() {
    workers.forEach(ChildProcess::close);
    master.close();
  }
}
