package org.rgflow.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.machine.Diagnosis;
import org.rgflow.cli.machine.Finding;
import org.rgflow.cli.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks what commands need. */
@Command(
    name = "doctor",
    header = "Check Java, Spark, the native backend, memory and file systems, with remedies.",
    description = {
      "Runs a task on every core of the application that it is started as, so give it the Spark"
          + " options of the work. One line each: ok, warning or FAILURE, what was seen, and what to"
          + " change. Executors compute for half a second, all at once.",
      "Exit status: 0 no failure, 1 a failure."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow doctor",
      "  RGFLOW_MEMORY=16 deploy/submit yarn-client doctor --write hdfs:///models"
          + " --read hdfs:///photos"
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--read",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders that must be readable.")
  private List<String> read = List.of();

  @Option(
      names = "--write",
      arity = "1..*",
      paramLabel = "DIR",
      description = "Folders that must be writable; a small file is written and deleted.")
  private List<String> written = List.of();

  @Override
  public Integer call() {
    List<Finding> findings;
    try (SparkSession spark = Session.open(spec, "")) {
      findings = new Diagnosis(spark).run(read, written);
    }
    PrintWriter out = spec.commandLine().getOut();
    int width = findings.stream().mapToInt(finding -> finding.subject().length()).max().orElse(1);
    for (Finding finding : findings) {
      out.printf(
          Locale.ROOT,
          "%-8s %-" + width + "s  %s%s%n",
          word(finding.verdict()),
          finding.subject(),
          finding.what(),
          finding.remedy().isEmpty() ? "" : ": " + finding.remedy());
    }
    boolean fails = findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.FAILURE);
    return fails ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private static String word(Finding.Verdict verdict) {
    return switch (verdict) {
      case OK -> "ok";
      case WARNING -> "warning";
      case FAILURE -> "FAILURE";
    };
  }
}
