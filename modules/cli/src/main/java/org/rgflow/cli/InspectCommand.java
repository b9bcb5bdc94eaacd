package org.rgflow.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Key;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.cli.session.Storage;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.flow.Partition;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.run.CheckpointState;
import org.rgflow.spark.run.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a run, a model or an npz holds. */
@Command(
    name = "inspect",
    header = "Say what a run, a model or an npz holds.",
    description = {
      "Of a model: shape, parameters per level, solver, pixel transform. Of a run also rounds, best"
          + " held-out loss and checkpoints. Of an npz: its arrays."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow inspect runs/photos",
      "  rgflow inspect --json runs/photos/model.zip",
      "  rgflow inspect samples/samples.npz"
    })
final class InspectCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      description = "Folder of a run or registered model, a model's zip, or an npz.")
  private String path;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ObjectNode found = inspect(Storage.open());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(found));
    } else {
      print(out, "", found);
    }
    return ExitCode.OK;
  }

  private ObjectNode inspect(Storage storage) throws IOException {
    ObjectNode found = JSON.createObjectNode();
    boolean isFolder = storage.isFolder(path);
    Optional<RegisteredModel> registered =
        isFolder ? Registry.modelIn(storage.hadoop(), path) : Optional.empty();
    if (registered.isPresent()) {
      found.put("kind", "registered model");
      registered.get().champion().ifPresent(one -> found.put("champion", one.version()));
      describe(registered.get().championModel(), found);
    } else if (isFolder) {
      RunFolder run = RunFolder.resume(storage.hadoop(), path);
      run.requireRun(path);
      describe(run, found);
      Optional<FlowModel> model = run.newestModel();
      if (model.isPresent()) {
        describe(model.get(), found);
      } else {
        found.put("trained", "no checkpoint yet");
      }
    } else if (path.endsWith(".npz")) {
      found.put("kind", "arrays");
      ObjectNode arrays = found.putObject("arrays");
      Map<String, NpyArray> all = Npz.read(path, new ByteArrayInputStream(storage.read(path)));
      all.forEach((name, array) -> arrays.put(name, array.toString()));
    } else {
      found.put("kind", "model");
      describe(storage.model(path), found);
    }
    return found;
  }

  private static void describe(RunFolder run, ObjectNode found) throws IOException {
    found.put("kind", "run");
    run.read(RunFolder.CONFIG).ifPresent(yaml -> describe(run.uri(), yaml, found));
    List<String> metrics = run.metrics();
    JsonNode last = JSON.createObjectNode();
    JsonNode best = JSON.createObjectNode();
    for (String line : metrics) {
      last = JSON.readTree(line);
      double loss = last.path("held_out_loss").asDouble(Double.NaN);
      if (!Double.isNaN(loss) && !(loss >= best.path("held_out_loss").asDouble(Double.NaN))) {
        best = last;
      }
    }
    found.put("rounds", last.path("round").asInt());
    found.put("epochs", last.path("epoch").asDouble());
    if (best.has("held_out_loss")) {
      ObjectNode heldOut = found.putObject("best held-out");
      heldOut.put(best.path("unit").asText(), best.path("held_out_loss").asDouble());
      heldOut.put("round", best.path("round").asInt());
    }
    List<CheckpointState> checkpoints = run.checkpoints();
    List<String> complete =
        checkpoints.stream()
            .filter(CheckpointState::isComplete)
            .map(CheckpointState::name)
            .toList();
    List<String> damages =
        checkpoints.stream()
            .filter(checkpoint -> !checkpoint.isComplete())
            .map(CheckpointState::damage)
            .toList();
    addAll(found.putArray("checkpoints"), complete);
    if (!damages.isEmpty()) {
      addAll(found.putArray("passed over"), damages);
    }
  }

  /** The values of a configuration that are not the defaults. */
  private static void describe(String folder, byte[] yaml, ObjectNode found) {
    Configuration configuration =
        Configuration.resolve(List.of(Layer.yaml(folder + "/" + RunFolder.CONFIG, yaml)));
    ObjectNode given = found.putObject("configuration");
    for (Key<?> key : Keys.all()) {
      if (!configuration.value(key).equals(key.fallback())) {
        given.put(key.name(), configuration.text(key));
      }
    }
  }

  private static void addAll(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  private static void describe(FlowModel model, ObjectNode found) {
    FlowLayer layer = model.layer();
    FlowConfig flow = layer.flow();
    if (model.rounds() > 0) {
      found.put("trained", model.rounds() + " rounds");
    }
    found.put("shape", model.shape().toString());
    ObjectNode configuration = found.putObject("model");
    configuration.put("hidden", Arrays.toString(flow.hidden()));
    configuration.put("kernel", flow.kernel());
    configuration.put("stride", flow.stride());
    configuration.put("padding", Keys.MODEL_PADDING.write(flow.padding()));
    configuration.put("activation", Keys.MODEL_ACTIVATION.write(flow.activation()));
    configuration.put("bias", flow.bias());
    configuration.put("hyper", flow.hyper());
    configuration.put("base", Keys.MODEL_BASE.write(flow.base()));
    configuration.put("blocks", flow.blocks());
    configuration.put("position", flow.position());
    configuration.put("skip", flow.skip());
    flow.classes().forEach(configuration.putArray("classes")::add);
    configuration.put("coarsening", Keys.MODEL_COARSENING.write(flow.coarsening()));
    found.put("solver", text(layer.solver()));
    found.put("divergence", Keys.DIVERGENCE_KIND.write(layer.divergence().kind()));
    layer.energy().ifPresent(energy -> found.put("energy", energy.name()));
    found.put("pixels", text(model.transform()));
    ParameterLayout layout = new ParameterLayout(flow);
    found.put("parameters", layout.size());
    ObjectNode levels = found.putObject("levels");
    List<Partition> partitions = flow.levels();
    for (int l = 0; l < partitions.size(); l++) {
      ObjectNode level = levels.putObject(Integer.toString(l));
      level.put("grid", join(partitions.get(l).shape()));
      level.put("latents", flow.channels() * partitions.get(l).residual().length);
      level.put("parameters", layout.sizeOf(l));
    }
  }

  private static String text(Standardisation affine) {
    return affine.isNone()
        ? ""
        : ", then mean "
            + Arrays.toString(affine.mean())
            + ", deviation "
            + Arrays.toString(affine.deviation());
  }

  private static String join(int[] shape) {
    return Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }

  private static String text(SolverConfig solver) {
    return Keys.SOLVER_METHOD.write(solver.method())
        + (solver.method().isAdaptive()
            ? ", rtol "
                + Keys.SOLVER_RTOL.write(solver.relativeTolerance())
                + ", atol "
                + Keys.SOLVER_ATOL.write(solver.absoluteTolerance())
            : ", " + solver.steps() + " steps a level, grading " + solver.grading());
  }

  private static String text(ExampleTransform transform) {
    if (transform instanceof ValueTransform values) {
      return "none: real values" + text(values.standardisation());
    }
    if (transform instanceof LogitTransform logit) {
      return "logit, alpha "
          + Keys.PIXELS_ALPHA.write(logit.alpha())
          + text(logit.standardisation());
    }
    GaussianTransform gaussian = (GaussianTransform) transform;
    return "gaussian, alpha "
        + Keys.PIXELS_ALPHA.write(gaussian.alpha())
        + ", atoms beyond "
        + Keys.PIXELS_ATOM.write(gaussian.atom())
        + " with tails of "
        + Keys.PIXELS_TAIL.write(gaussian.tail())
        + ", of "
        + gaussian.counts().total()
        + " pixels a channel";
  }

  /** One line for each leaf; what is one level down is indented. */
  private static void print(PrintWriter out, String indent, JsonNode node) {
    int width = node.properties().stream().mapToInt(e -> e.getKey().length()).reduce(14, Math::max);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      if (value.isObject() && isFlat(value) && !indent.isEmpty()) {
        out.printf(Locale.ROOT, "%s%-12s %s%n", indent, entry.getKey(), inline(value));
      } else if (value.isObject()) {
        out.printf(Locale.ROOT, "%s%s%n", indent, entry.getKey());
        print(out, indent + "  ", value);
      } else {
        out.printf(
            Locale.ROOT,
            "%s%-" + width + "s %s%n",
            indent,
            entry.getKey(),
            value.isArray() ? value.toString() : value.asText());
      }
    }
  }

  private static boolean isFlat(JsonNode object) {
    return object.properties().stream().allMatch(entry -> entry.getValue().isValueNode());
  }

  private static String inline(JsonNode object) {
    return object.properties().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue().asText())
        .collect(Collectors.joining(", "));
  }
}
