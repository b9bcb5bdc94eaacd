package org.rgflow.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.Failure;
import org.rgflow.data.DataException;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.reference.ReferenceCheck;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares with reference files. */
@Command(
    name = "verify",
    header = "Compare with numbers that another implementation computed.",
    description = {
      "Each file holds a small model, an input, and results for it. Prints one line per array:"
          + " file, array, largest error relative to the array's largest magnitude, tolerance,"
          + " ok or FAIL.",
      "Exit status: 0 all pass, 1 an array does not, 2 a file cannot be read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow verify modules/flow/src/test/resources/reference/*.npz",
      "  rgflow verify --dtype float32"
          + " modules/flow/src/test/resources/reference/point1_dim1_hyper.npz"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final String CONFIG = "config";

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "NPZ", description = "Reference files.")
  private List<String> files;

  @Option(
      names = "--dtype",
      defaultValue = "float64",
      converter = PrecisionConverter.class,
      description = "Precision to compute in: float64 (default) or float32.")
  private DataType type;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    int status = ExitCode.OK;
    int arrays = 0;
    int failed = 0;
    for (String file : files) {
      try {
        for (ReferenceCheck.Line line : check(file, storage.readLocal(file))) {
          print(file, line);
          arrays++;
          failed += line.passes() ? 0 : 1;
        }
      } catch (SolveException e) {
        out().printf(Locale.ROOT, "%s  FAIL: %s%n", file, e.getMessage());
        status = Math.max(status, ExitCode.SOFTWARE);
      } catch (DataException e) {
        status = Failure.report(e, spec.commandLine().getErr(), false);
      }
    }
    out().printf(Locale.ROOT, "%d of %d arrays agree%n", arrays - failed, arrays);
    return Math.max(status, failed == 0 ? ExitCode.OK : ExitCode.SOFTWARE);
  }

  private List<ReferenceCheck.Line> check(String file, byte[] bytes) {
    Map<String, NpyArray> arrays = Npz.read(file, new ByteArrayInputStream(bytes));
    NpyArray config = arrays.remove(CONFIG);
    if (config == null) {
      throw new DataException(file + ": not a reference file: array " + CONFIG + " is missing");
    }
    Map<String, double[]> values = new LinkedHashMap<>();
    arrays.forEach((name, array) -> values.put(name, array.doubles()));
    String json = new String(config.bytes(), StandardCharsets.UTF_8);
    try {
      List<ReferenceCheck.Line> lines = new ReferenceCheck(values, json, type).run();
      if (lines.isEmpty()) {
        throw new DataException(file + ": no array to compare with");
      }
      return lines;
    } catch (IllegalArgumentException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  private void print(String file, ReferenceCheck.Line line) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    out()
        .printf(
            Locale.ROOT,
            "%s  %-36s %.1e  (at most %.0e)  %s%n",
            name,
            line.name(),
            line.error(),
            line.tolerance(),
            line.passes() ? "ok" : "FAIL");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** NumPy's names. */
  static final class PrecisionConverter implements CommandLine.ITypeConverter<DataType> {
    @Override
    public DataType convert(String text) {
      DataType type = Keys.types().get(text);
      if (type == null) {
        throw new CommandLine.TypeConversionException(
            "must be one of " + String.join(", ", Keys.types().keySet()) + ", was " + text);
      }
      return type;
    }
  }
}
