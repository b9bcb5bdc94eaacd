package org.rgflow.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;
import org.rgflow.cli.latents.CorrelationCommand;
import org.rgflow.cli.latents.DecodeCommand;
import org.rgflow.cli.latents.InpaintCommand;
import org.rgflow.cli.latents.InterpolateCommand;
import org.rgflow.cli.latents.MixCommand;
import org.rgflow.cli.latents.ReceptiveFieldCommand;
import org.rgflow.cli.latents.SampleCommand;
import org.rgflow.cli.latents.WalkCommand;
import org.rgflow.cli.report.ReportCommand;
import org.rgflow.cli.retrain.MonitorCommand;
import org.rgflow.cli.retrain.RegistryCommand;
import org.rgflow.cli.retrain.RetrainCommand;
import org.rgflow.cli.score.ClassifyCommand;
import org.rgflow.cli.score.EvaluateCommand;
import org.rgflow.cli.score.OutliersCommand;
import org.rgflow.cli.score.ScoreCommand;
import org.rgflow.cli.terminal.Failure;
import org.rgflow.cli.train.CheckpointsCommand;
import org.rgflow.cli.train.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code rgflow} command. */
@Command(
    name = "rgflow",
    header =
        "Trains RG-Flow models on Spark, scores image sets, draws samples, retrains on a schedule.",
    description =
        "Exit status: 0 done, 1 failed or a check did not pass, 2 bad input or usage, 3 another holds"
            + " the lease, 4 published and not promoted, 5 stopped by a signal, 6 drifted.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = RgFlow.Version.class,
    subcommands = {
      TrainCommand.class,
      RetrainCommand.class,
      RegistryCommand.class,
      MonitorCommand.class,
      ScoreCommand.class,
      EvaluateCommand.class,
      OutliersCommand.class,
      ClassifyCommand.class,
      PhysicsCommand.class,
      SampleCommand.class,
      DecodeCommand.class,
      MixCommand.class,
      InpaintCommand.class,
      InterpolateCommand.class,
      WalkCommand.class,
      ReceptiveFieldCommand.class,
      CorrelationCommand.class,
      ReportCommand.class,
      InspectCommand.class,
      CheckpointsCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      DoctorCommand.class,
      ConfigCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow train --config examples/fashion-mnist-bundled.yaml --run runs/fashion",
      "  rgflow score --model runs/fashion --data photos --output scores",
      "  rgflow sample --model runs/fashion --output samples",
      "  rgflow --master spark://host:7077 --executor-memory 8g train --config run.yaml",
      "",
      "Options of spark-submit come before the command; without --master it runs on this machine."
    })
public final class RgFlow implements Runnable {
  private static final String CHOICE_MISSING =
      "Error: Missing required argument (specify one of these)";

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print the full stack trace of an error.")
  private boolean stacktrace;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Leaves by {@code System.exit} on failure only, so that a YARN application can succeed. */
  public static void main(String[] args) {
    int status = execute(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  /**
   * Runs a command in this process and returns its exit status.
   *
   * <p>A Spark session that is open is the command's, and is closed with it.
   */
  public static int execute(String... args) {
    return execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args);
  }

  /** Runs a command, printing to these. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    RgFlow rgflow = new RgFlow();
    CommandLine line =
        new CommandLine(rgflow)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setExecutionStrategy(RgFlow::run)
            .setParameterExceptionHandler(RgFlow::wrongUsage)
            .setExecutionExceptionHandler(
                (e, command, parsed) -> Failure.report(e, err, rgflow.stacktrace));
    Map<String, IHelpSectionRenderer> sections = line.getHelpSectionMap();
    sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, new ExampleLines());
    line.setHelpSectionMap(sections);
    int status;
    try {
      status = line.execute(args);
    } catch (LinkageError | OutOfMemoryError e) {
      // the first is ND4J's where none of its backends can run, or of a user's energy
      status = Failure.report(e, err, rgflow.stacktrace);
    }
    out.flush();
    err.flush();
    return status;
  }

  private static int run(CommandLine.ParseResult parsed) {
    for (CommandLine.ParseResult at = parsed; at != null; at = at.subcommand()) {
      for (OptionSpec option : at.matchedOptions()) {
        if (option.arity().max() > 0 && option.originalStringValues().contains("")) {
          throw new CommandLine.ParameterException(
              at.commandSpec().commandLine(), option.longestName() + " must not be empty");
        }
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String help = command.getCommandSpec().qualifiedName() + " --help";
    command.getErr().println("rgflow: " + what(e) + " (see " + help + ")");
    return CommandLine.ExitCode.USAGE;
  }

  /** Picocli's words; of a choice of options those of an option that must be given. */
  private static String what(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.MissingParameterException missing
        && e.getMessage().startsWith(CHOICE_MISSING)) {
      return missing.getMissing().stream()
          .map(arg -> "'" + ((OptionSpec) arg).longestName() + "=" + arg.paramLabel() + "'")
          .collect(Collectors.joining(" or ", "Missing required option: ", ""));
    }
    return e.getMessage().replaceFirst("^Error: ", "");
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command must be given");
  }

  /** The version that the build put into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RgFlow.class.getPackage().getImplementationVersion();
      return new String[] {"rgflow " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
