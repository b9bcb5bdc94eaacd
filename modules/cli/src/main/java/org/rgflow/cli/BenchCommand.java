package org.rgflow.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rgflow.cli.bench.Measurement;
import org.rgflow.cli.bench.TimeAccount;
import org.rgflow.cli.bench.Trial;
import org.rgflow.cli.bench.Workload;
import org.rgflow.cli.machine.Backend;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.OperatorThreads;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the engine on this machine. */
@Command(
    name = "bench",
    header = "Measure the engine on this machine.",
    description = {
      "Runs workloads of fixed content, without Spark. W1: loss and gradients of 64 images of 28x28,"
          + " hidden 32,32, rk4 of 4 steps, one probe. W1X: the same in closed form. W2, W3: log p"
          + " with one probe, in closed form. W4: W1 with hidden 64,64. W5: 64 samples. M1: flow"
          + " matching of 64 images, loss and gradients. C1: W1 of 32x32x3 images with hidden 64,64. Of each the fastest and the median call, the"
          + " floating-point operations it needs, and their share of the rate at which one"
          + " convolution runs in the same process."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow bench",
      "  rgflow bench W1 W4 --threads 2 --json",
      "  rgflow bench W1 --account",
      "  rgflow bench W2 --size 64 --batch 16 --steps 8 --hidden 48,48"
    })
final class BenchCommand implements Callable<Integer> {
  private static final List<String> DEFAULT = List.of("W1", "W2", "W3", "W4", "W5", "M1");
  private static final double ACCOUNT_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "WORKLOAD",
      description = "W1, W1X, W2, W3, W4, W5, M1, C1; W1 to W5 and M1 if none is named.")
  private List<String> names = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of one operator: OMP_NUM_THREADS (1) if not given.")
  private Integer threads;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "5",
      description = "Calls measured, after warm ones: 5 if not given.")
  private int repeats;

  @Option(names = "--size", paramLabel = "N", description = "Sites per axis of an image.")
  private Integer size;

  @Option(names = "--batch", paramLabel = "N", description = "Images of one call.")
  private Integer batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of rk4 for each level; times of M1.")
  private Integer steps;

  @Option(
      names = "--hidden",
      split = ",",
      paramLabel = "N",
      description = "Widths of the hidden layers, such as 64,64.")
  private List<Integer> hidden;

  @Option(
      names = "--account",
      description = "Print instead where the time goes, from samples of 10 s.")
  private boolean account;

  @Option(names = "--json", description = "Print a JSON line for each workload.")
  private boolean json;

  @Override
  public Integer call() {
    List<Workload> workloads =
        (names.isEmpty() ? DEFAULT : names)
            .stream().map(name -> Workload.named(name).with(size, batch, steps, hidden)).toList();
    requireAtLeastOne("--repeats", repeats);
    if (threads != null) {
      requireAtLeastOne("--threads", threads);
      OperatorThreads.use(threads);
    }
    Backend.warn(err());
    Backend backend = Backend.loaded();
    if (!json) {
      out().println(backend + ", " + backend.threads() + " thread(s)");
    }
    if (!json && !account) {
      out()
          .printf(
              Locale.ROOT,
              "%-8s %9s %9s %12s %14s %7s %11s%n",
              "workload",
              "min s",
              "median s",
              "needed GFLOP",
              "limit GFLOP/s",
              "share",
              "peak MiB");
    }
    for (Workload workload : workloads) {
      err().println(workload.name() + ": " + workload.description());
      if (account) {
        printAccount(workload, backend);
      } else {
        print(Measurement.of(workload, repeats), backend);
      }
      out().flush();
    }
    return ExitCode.OK;
  }

  private static void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, was " + value);
    }
  }

  private void print(Measurement m, Backend backend) {
    if (json) {
      ObjectNode line = line(m.workload(), backend);
      line.put("seconds_min", rounded(m.secondsMin()));
      line.put("seconds_median", rounded(m.secondsMedian()));
      line.put("limit_gflops", rounded(m.limit()));
      line.put("limit_gflops_before", rounded(m.limitBefore()));
      line.put("limit_gflops_after", rounded(m.limitAfter()));
      line.put("needed_gflop", rounded(m.needed()));
      line.put("limit_share", rounded(m.limitShare()));
      line.put("peak_bytes", m.peakBytes());
      out().println(line);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "%-8s %9.3f %9.3f %12.2f %14.1f %5.1f %% %11.1f%n",
              m.workload().name(),
              m.secondsMin(),
              m.secondsMedian(),
              m.needed(),
              m.limit(),
              100 * m.limitShare(),
              m.peakBytes() / 1048576.0);
    }
  }

  private static ObjectNode line(Workload workload, Backend backend) {
    ObjectNode line = JSON.createObjectNode();
    line.put("workload", workload.name());
    line.put("threads", backend.threads());
    line.put("backend", backend.toString());
    line.put("size", workload.size());
    line.put("channels", workload.channels());
    workload.hidden().forEach(line.putArray("hidden")::add);
    line.put("batch", workload.batch());
    line.put("steps", workload.steps());
    return line;
  }

  /** Four significant digits: more would be noise. */
  private static BigDecimal rounded(double value) {
    return new BigDecimal(value).round(new MathContext(4));
  }

  private void printAccount(Workload workload, Backend backend) {
    TimeAccount found;
    try (Trial trial = new Trial(workload)) {
      trial.run();
      trial.run();
      found = TimeAccount.of(trial, ACCOUNT_SECONDS);
    }
    if (json) {
      ObjectNode line = line(workload, backend);
      line.put("seconds_sampled", rounded(found.seconds()));
      line.put("operators", found.operators());
      line.put("samples", found.total());
      ObjectNode kinds = line.putObject("kinds");
      for (TimeAccount.Kind kind : TimeAccount.Kind.values()) {
        kinds.put(kind.name().toLowerCase(Locale.ROOT), rounded(found.share(kind)));
      }
      ObjectNode phases = line.putObject("phases");
      for (TimeAccount.Phase phase : TimeAccount.Phase.values()) {
        phases.put(phase.name().toLowerCase(Locale.ROOT), rounded(found.share(phase)));
      }
      out().println(line);
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "%s: %.3f s a call while sampled, %,d operators a call, %,d samples%n",
            workload.name(),
            found.seconds(),
            found.operators(),
            found.total());
    out().printf(Locale.ROOT, "%-42s %7s", "% of the time", "all");
    TimeAccount.Phase[] phases = TimeAccount.Phase.values();
    for (TimeAccount.Phase phase : phases) {
      out().printf(Locale.ROOT, " %10s", shortName(phase));
    }
    out().println();
    for (TimeAccount.Kind kind : TimeAccount.Kind.values()) {
      out().printf(Locale.ROOT, "%-42s %7.1f", kind.description(), 100 * found.share(kind));
      for (TimeAccount.Phase phase : phases) {
        out().printf(Locale.ROOT, " %10.1f", 100 * found.share(phase, kind));
      }
      out().println();
    }
    out().printf(Locale.ROOT, "%-42s %7.1f", "all", 100.0);
    for (TimeAccount.Phase phase : phases) {
      out().printf(Locale.ROOT, " %10.1f", 100 * found.share(phase));
    }
    out().println();
    for (TimeAccount.Phase phase : phases) {
      out().printf(Locale.ROOT, "  %-10s %s%n", shortName(phase), phase.description());
    }
  }

  private static String shortName(TimeAccount.Phase phase) {
    String name = ConstantNames.of(phase);
    return name.length() <= 10 ? name : "pull-grad";
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
