package org.rgflow.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the keys. */
@Command(
    name = "config",
    header = "List every configuration key.",
    description = {
      "A key is set, strongest first, by a command's flag, by --set key=value, in a YAML file"
          + " (--config), or as the Spark property spark.rgflow.KEY; else its default holds."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  rgflow config", "  rgflow config --markdown > docs/configuration.md"})
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--markdown", description = "Print a page in Markdown.")
  private boolean markdown;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      out.print(markdown());
    } else {
      Keys.all().forEach(key -> print(out, key));
    }
  }

  private static <T> void print(PrintWriter out, Key<T> key) {
    out.printf(
        Locale.ROOT, "%s = %s  (%s)%n", key.name(), key.write(key.fallback()), key.allowed());
    out.printf(Locale.ROOT, "    %s%n", key.meaning());
  }

  /** The page {@code docs/configuration.md}. */
  static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Configuration
        <!-- made by: rgflow config --markdown -->

        A key is set, strongest first:

        1. by a flag of the command (`--rounds 20`),
        2. by `--set train.rounds=20`, once for each key,
        3. in a YAML file given as `--config FILE`, in sections or with dotted keys,
        4. as a Spark property, `spark.rgflow.train.rounds`,
        5. by its default.

        An unknown key and a value that is not allowed are errors wherever they stand. `train` prints the
        resolved configuration and stores it in the run's folder as `config.yaml`.
        `sample` takes a `solver.*` that is not set from the model, and what scores or encodes, half the model's step.

        """);
    String section = "";
    for (Key<?> key : Keys.all()) {
      if (!key.section().equals(section)) {
        section = key.section();
        page.append("\n## ").append(section).append("\n\n");
        page.append("| key | default | allowed | meaning |\n|---|---|---|---|\n");
      }
      row(page, key);
    }
    return page.toString();
  }

  private static <T> void row(StringBuilder page, Key<T> key) {
    String fallback = key.write(key.fallback());
    page.append("| `")
        .append(key.name())
        .append("` | `")
        .append(fallback)
        .append("` | ")
        .append(key.allowed())
        .append(" | ")
        .append(key.meaning().replace("|", "\\|"))
        .append(" |\n");
  }
}
