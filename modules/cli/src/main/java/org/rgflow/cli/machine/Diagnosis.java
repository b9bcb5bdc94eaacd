package org.rgflow.cli.machine;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.rgflow.spark.Cores;
import org.rgflow.spark.TaskResources;

/** Looks at a Spark application's driver, executors and file systems, check by check. */
public final class Diagnosis {
  /** The release that the build was tested with. */
  private static final String SPARK = "3.5.";

  private static final String DRIVER = "the driver";
  private static final int JAVA = 17;

  /** Native heaps with which processes that live long were seen to stay of one size. */
  private static final int NATIVE_HEAPS = 2;

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
      findings.add(memory(machine));
      findings.add(growth(machine));
    }
    read.forEach(uri -> findings.add(FolderCheck.readable(spark, hadoop, uri)));
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
            Locale.ROOT, "%s, %s, %d tasks at once", version, spark.master(), tasksAtOnce());
    return version.startsWith(SPARK)
        ? Finding.ok("Spark", what)
        : Finding.warning("Spark", what, "this build is tested with Spark " + SPARK + "x");
  }

  /** Where a default is set for jobs it may be another number. */
  private int tasksAtOnce() {
    Cores.of(spark.sc()); // waits for executors
    SparkContext context = spark.sc();
    return Math.max(
        1,
        context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile()));
  }

  /** Each executor that answers, by number, while all compute at once. */
  private Map<String, Machine> executors() {
    int tasks = tasksAtOnce();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    List<String> found =
        spark
            .parallelize(new ArrayList<>(numbers), tasks)
            .map(
                number -> {
                  TaskResources.use();
                  return Machine.here(process()).json();
                })
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

  /** Beside what a resource manager grants, or the machine has. */
  private Finding memory(Machine machine) {
    Container container =
        new Container(conf, machine.process().equals(DRIVER) ? "driver" : "executor");
    return container.exists()
        ? MemoryCheck.of(
            machine.process(),
            machine.memory(),
            Math.min(machine.container(), container.limit()),
            container.limitKey())
        : MemoryCheck.of(
            machine.process(),
            machine.memory(),
            machine.container(),
            "the machine's or the control group's memory");
  }

  /** What makes a process grow beside its heap, pass by pass. */
  static Finding growth(Machine machine) {
    String subject = "growth of " + machine.process();
    String what =
        String.format(
            Locale.ROOT,
            "at most %,d heaps of the C library, collector %s when called",
            machine.nativeHeaps(),
            machine.collectsWhenAsked() ? "runs" : "does not run");
    List<String> remedies = new ArrayList<>();
    if (machine.nativeHeaps() > NATIVE_HEAPS) {
      remedies.add(
          "each keeps what it once held: set spark.executorEnv.MALLOC_ARENA_MAX="
              + NATIVE_HEAPS
              + ", and MALLOC_ARENA_MAX for the driver");
    }
    if (!machine.collectsWhenAsked()) {
      remedies.add("native memory waits for the collector: remove -XX:+DisableExplicitGC");
    }
    return remedies.isEmpty()
        ? Finding.ok(subject, what)
        : Finding.warning(subject, what, String.join("; ", remedies));
  }

  /** Prints what of an application's processes would be killed, by their configuration alone. */
  public static void warnOfMemory(SparkConf conf, PrintWriter err) {
    warnOfMemory("driver", DRIVER, conf, err);
    warnOfMemory("executor", "executors", conf, err);
  }

  private static void warnOfMemory(String side, String subject, SparkConf conf, PrintWriter err) {
    Container container = new Container(conf, side);
    if (container.exists()) {
      Finding found =
          MemoryCheck.of(subject, container.memory(), container.limit(), container.limitKey());
      if (found.verdict() != Finding.Verdict.OK) {
        err.printf(
            Locale.ROOT,
            "rgflow: warning: %s: %s; %s%n",
            found.subject(),
            found.what(),
            found.remedy());
      }
    }
  }
}
