package org.rgflow.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** YARN: a ResourceManager and two NodeManagers, a process each. */
final class Yarn implements AutoCloseable {
  private final Path folder;
  private final int page = FreePorts.next();
  private final List<ChildProcess> daemons = new ArrayList<>();

  private Yarn(Path folder) {
    this.folder = folder;
  }

  /** Starts it. */
  static Yarn start(Path folder) {
    Yarn yarn = new Yarn(folder);
    yarn.configure();
    ChildProcess manager = yarn.daemon("resourcemanager", "resourcemanager.ResourceManager");
    for (int n = 0; n < 2; n++) {
      yarn.daemon(
          "nodemanager" + n,
          "nodemanager.NodeManager",
          "-D",
          "yarn.nodemanager.local-dirs=" + folder.resolve("node" + n + "/local"),
          "-D",
          "yarn.nodemanager.log-dirs=" + folder.resolve("node" + n + "/logs"),
          "-D",
          "yarn.nodemanager.address=127.0.0.1:" + FreePorts.next(),
          "-D",
          "yarn.nodemanager.localizer.address=127.0.0.1:" + FreePorts.next(),
          "-D",
          "yarn.nodemanager.webapp.address=127.0.0.1:" + FreePorts.next());
    }
    manager.await(
        "two NodeManagers",
        () ->
            WebPage.text("http://127.0.0.1:" + yarn.page + "/ws/v1/cluster/metrics")
                .contains("\"activeNodes\":2"));
    return yarn;
  }

  private void configure() {
    HadoopSettings.write(
        Map.of("fs.defaultFS", "file:///", "hadoop.tmp.dir", folder.resolve("tmp").toString()),
        conf().resolve("core-site.xml"));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("yarn.resourcemanager.hostname", "127.0.0.1");
    settings.put("yarn.resourcemanager.webapp.address", "127.0.0.1:" + page);
    for (String service : List.of("", "scheduler.", "resource-tracker.", "admin.")) {
      settings.put("yarn.resourcemanager." + service + "address", "127.0.0.1:" + FreePorts.next());
    }
    settings.put("yarn.nodemanager.resource.memory-mb", "6144");
    settings.put("yarn.nodemanager.resource.cpu-vcores", "4");
    settings.put("yarn.scheduler.minimum-allocation-mb", "128");
    // natives are outside the heap, and 4 GiB of address space are no memory
    settings.put("yarn.nodemanager.vmem-check-enabled", "false");
    settings.put("yarn.nodemanager.disk-health-checker.enable", "false");
    HadoopSettings.write(settings, conf().resolve("yarn-site.xml"));
    HadoopSettings.write(
        Map.of(
            "yarn.scheduler.capacity.root.queues",
            "default",
            "yarn.scheduler.capacity.root.default.capacity",
            "100",
            "yarn.scheduler.capacity.maximum-am-resource-percent",
            "0.5"),
        conf().resolve("capacity-scheduler.xml"));
  }

  private Path conf() {
    return folder.resolve("conf");
  }

  private ChildProcess daemon(String name, String main, String... arguments) {
    ChildProcess daemon =
        ChildProcess.start(
            name,
            folder,
            Map.of(),
            Built.java(
                conf() + ":" + Built.hadoop(), "org.apache.hadoop.yarn.server." + main, arguments));
    daemons.add(daemon);
    return daemon;
  }

  /**
   * Options of spark-submit for two executors of one core, who know each other by a secret and
   * encrypt what they send and spill.
   */
  List<String> options(String deployMode) {
    String quick = String.join(" ", Built.quickStart());
    return List.of(
        "--master",
        "yarn",
        "--deploy-mode",
        deployMode,
        "--driver-memory",
        "1g",
        "--executor-memory",
        "1g",
        "--executor-cores",
        "1",
        "--num-executors",
        "2",
        "--conf",
        "spark.driver.extraJavaOptions=" + quick,
        "--conf",
        "spark.executor.extraJavaOptions=" + quick,
        "--conf",
        "spark.yarn.am.extraJavaOptions=" + quick,
        // YARN makes a secret for each application
        "--conf",
        "spark.authenticate=true",
        "--conf",
        "spark.network.crypto.enabled=true",
        "--conf",
        "spark.io.encryption.enabled=true",
        "--conf",
        "spark.driver.host=127.0.0.1",
        "--conf",
        "spark.ui.enabled=false",
        // Spark's jars are on every machine: here on the only one
        "--conf",
        "spark.yarn.jars=local:" + Built.spark(),
        "--conf",
        "spark.yarn.stagingDir=" + folder.resolve("staging").toUri(),
        "--conf",
        "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
        "--conf",
        "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1");
  }

  /** SIGKILL to the driver that runs in the cluster. */
  void killDriver() {
    daemons.stream()
        .flatMap(daemon -> daemon.descendants("ApplicationMaster").stream())
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Where clients find it. */
  Map<String, String> environment() {
    return Map.of("HADOOP_CONF_DIR", conf().toString());
  }

  @Override
  public void close() {
    daemons.forEach(ChildProcess::close);
  }
}
