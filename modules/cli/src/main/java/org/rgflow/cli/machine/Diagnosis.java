package org.rgflow.cli.machine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;

/** Looks at a Spark application's driver, executors and file systems, check by check. */
public final class Diagnosis {
  /** The release that the build was tested with. */
  private static final String SPARK = "3.5.";

  private static final String DRIVER = "the driver";
  private static final int JAVA = 17;
  private static final long MIB = 1L << 20;

  /**
   * Of a container without {@code memoryOverhead}: this share of the heap, at least so many MiB.
   */
  private static final double OVERHEAD_SHARE = 0.1;

  private static final long OVERHEAD_LEAST = 384;

  private final JavaSparkContext spark;
  private final SparkConf conf;
  private final Configuration hadoop;

  /** Of this session. */
  public Diagnosis(SparkSession spark) {
    this.spark = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.conf = this.spark.getConf();
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * All checks, in their order.
   *
   * @param read folders or files that must be readable
   * @param written folders that must be writable, on the driver and in tasks
   */
  public List<Finding> run(List<String> read, List<String> written) {
    List<Finding> findings = new ArrayList<>();
    findings.add(spark());
    Machine driver = Machine.here(DRIVER);
    Collection<Machine> executors = executors().values();
    for (Machine machine : machines(driver, executors)) {
      findings.add(java(machine));
      findings.add(backend(machine));
      findings.add(threads(machine));
      findings.add(MemoryCheck.of(machine, limit(machine), limitKey(machine)));
    }
    read.forEach(uri -> findings.add(FolderCheck.readable(hadoop, uri)));
    written.forEach(uri -> findings.add(FolderCheck.writable(spark, hadoop, uri)));
    return findings;
  }

  /** In local mode the driver is the only process. */
  private List<Machine> machines(Machine driver, Collection<Machine> executors) {
    List<Machine> machines = new ArrayList<>();
    if (!spark.isLocal()) {
      machines.add(driver);
    }
    machines.addAll(executors);
    return machines;
  }

  private Finding spark() {
    String version = spark.version();
    String what =
        String.format(
            Locale.ROOT,
            "%s, %s, %d tasks at once",
            version,
            spark.master(),
            spark.defaultParallelism());
    return version.startsWith(SPARK)
        ? Finding.ok("Spark", what)
        : Finding.warning("Spark", what, "this build is tested with Spark " + SPARK + "x");
  }

  /** Each executor that answers, by number, while all compute at once. */
  private Map<String, Machine> executors() {
    int tasks = spark.defaultParallelism();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    List<String> found =
        spark
            .parallelize(new ArrayList<>(numbers), tasks)
            .map(number -> Machine.here(process()).json())
            .collect();
    Map<String, Machine> executors = new TreeMap<>();
    for (String json : found) {
      Machine machine = Machine.of(json);
      // of several tasks of one executor the slowest tells
      executors.merge(machine.process(), machine, (a, b) -> a.gigaflops() <= b.gigaflops() ? a : b);
    }
    return executors;
  }

  private static String process() {
    String executor = SparkEnv.get().executorId();
    return executor.equals("driver") ? DRIVER : "executor " + executor;
  }

  private static Finding java(Machine machine) {
    String subject = "Java of " + machine.process();
    String what = machine.java() + " on " + machine.host();
    int feature = Runtime.Version.parse(machine.java()).feature();
    return feature == JAVA
        ? Finding.ok(subject, what)
        : Finding.warning(subject, what, "Spark 3.5 and this build are tested with Java " + JAVA);
  }

  private static Finding backend(Machine machine) {
    String subject = "backend of " + machine.process();
    String what =
        String.format(
            Locale.ROOT,
            "%s, %.0f GFLOP/s a task, all tasks at once",
            machine.backend(),
            machine.gigaflops());
    return machine.onednn()
        ? Finding.ok(subject, what)
        : Finding.warning(
            subject,
            what,
            "convolutions take some thirty times as long without oneDNN: put nd4j-native of"
                + " classifier linux-x86_64-onednn-avx2 on the class path");
  }

  /** A task has one core, and its operators should have as many threads. */
  private Finding threads(Machine machine) {
    int wanted = conf.getInt("spark.task.cpus", 1);
    String what =
        String.format(
            Locale.ROOT,
            "OMP_NUM_THREADS %d, cores of a task %d, cores %d",
            machine.threads(),
            wanted,
            machine.cores());
    String subject = "threads of " + machine.process();
    return machine.threads() <= wanted
        ? Finding.ok(subject, what)
        : Finding.warning(
            subject,
            what,
            "tasks get in each other's way: set spark.executorEnv.OMP_NUM_THREADS="
                + wanted
                + ", and OMP_NUM_THREADS for the driver");
  }

  private boolean isContained(Machine machine) {
    boolean isDriver = machine.process().equals(DRIVER);
    boolean isCluster = conf.get("spark.submit.deployMode", "client").equals("cluster");
    String master = spark.master();
    return (master.startsWith("yarn") || master.startsWith("k8s")) && (!isDriver || isCluster);
  }

  private static String side(Machine machine) {
    return machine.process().equals(DRIVER) ? "driver" : "executor";
  }

  /** What a resource manager grants, or the machine has. */
  private long limit(Machine machine) {
    if (!isContained(machine)) {
      return machine.container();
    }
    String side = side(machine);
    long heap = JavaUtils.byteStringAsMb(conf.get("spark." + side + ".memory", "1g"));
    long least = Math.max(OVERHEAD_LEAST, (long) (OVERHEAD_SHARE * heap));
    String given = conf.get("spark." + side + ".memoryOverhead", least + "m");
    return Math.min(machine.container(), (heap + JavaUtils.byteStringAsMb(given)) * MIB);
  }

  private String limitKey(Machine machine) {
    return isContained(machine)
        ? "spark." + side(machine) + ".memoryOverhead"
        : "the machine's or the control group's memory";
  }
}
