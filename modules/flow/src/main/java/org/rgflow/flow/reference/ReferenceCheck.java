package org.rgflow.flow.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.rgflow.flow.Base;
import org.rgflow.flow.Encoding;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Loss;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.flow.Partition;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.GaussianEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

/**
 * Computes everything a reference file records of a small model, and compares.
 *
 * <p>A file holds the model's configuration and weights, an input, probes, and what another
 * implementation computed in float64: latents, log determinants, log likelihoods by exact and
 * random divergence on adaptive and fixed grids, both losses with all gradients, and the inverse.
 */
public final class ReferenceCheck {
  private final Map<String, double[]> arrays;
  private final DataType type;
  private final FlowConfig config;
  private final Regularisation weights;
  private final Tolerances tolerances;
  private final List<Line> lines = new ArrayList<>();

  /**
   * @param arrays of the file, by name, in C order
   * @param configuration JSON text of the file
   * @param type precision to compute in
   */
  public ReferenceCheck(Map<String, double[]> arrays, String configuration, DataType type) {
    this.arrays = arrays;
    this.type = type;
    this.tolerances = Tolerances.of(type);
    JsonNode json = parse(configuration);
    this.config = config(json);
    this.weights =
        new Regularisation(json.path("lk").asDouble(0.01), json.path("lg").asDouble(0.01));
  }

  private static JsonNode parse(String configuration) {
    try {
      return new ObjectMapper().readTree(configuration);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("config is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static FlowConfig config(JsonNode json) {
    return new FlowConfig(
        json.path("dim").asInt(1),
        ints(json.path("shape")),
        json.path("stride").asInt(2),
        ints(json.path("hdims")),
        json.path("ksize").asInt(3),
        Padding.valueOf(upper(json, "bdy_cond", "circular")),
        Activation.valueOf(upper(json, "activation", "Tanh")),
        json.path("bias").asBoolean(true),
        json.path("hyper_dim").asInt(0),
        Base.valueOf(upper(json, "base_dist", "Normal")));
  }

  private static String upper(JsonNode json, String key, String otherwise) {
    return json.path(key).asText(otherwise).toUpperCase(Locale.ROOT);
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.get(i).asInt());
    return values;
  }

  /** Compares every array of the file. */
  public List<Line> run() {
    lines.clear();
    comparePartition();
    SolverConfig tight =
        SolverConfig.adaptive(Method.DOPRI5, tolerances.solver, tolerances.solver * 1e-2);
    compareMaps(tight);
    compareProbeDensities(tight);
    compareLosses(tight);
    return List.copyOf(lines);
  }

  private void comparePartition() {
    List<Partition> levels = config.levels();
    for (int l = 0; l < levels.size(); l++) {
      Partition partition = levels.get(l);
      String prefix = "level" + l + ".";
      compare(prefix + "mask", partition.mask(), 0);
      compare(prefix + "coarse_index", doubles(partition.coarse()), 0);
      compare(prefix + "residual_index", doubles(partition.residual()), 0);
      compare(prefix + "coarse_shape", doubles(partition.coarseShape()), 0);
    }
  }

  private static double[] doubles(int[] values) {
    return Arrays.stream(values).asDoubleStream().toArray();
  }

  private void compareMaps(SolverConfig solver) {
    try (Flow flow = flow(solver, DivergenceConfig.Kind.COLOURED, true)) {
      if (has("x")) {
        Encoding encoded = flow.encode(data("x"), null);
        compareEncoding("encode", "z", encoded);
        double[] logProb = flow.baseLogDensity(encoded.values());
        Arrays.setAll(logProb, n -> logProb[n] + encoded.logDet()[n]);
        compare("log_prob.exact", logProb, tolerances.value);
      }
      if (has("decode.z")) {
        compareEncoding("decode", "x", flow.decode(data("decode.z"), null));
      }
    }
  }

  private void compareEncoding(String name, String values, Encoding encoding) {
    compare(name + "." + values, HostValues.of(encoding.values()), tolerances.value);
    compare(name + ".log_det", encoding.logDet(), tolerances.value);
    compare(name + ".kinetic", encoding.kinetic(), tolerances.value);
    compare(name + ".jacobian_exact", encoding.jacobian(), tolerances.value);
  }

  private void compareProbeDensities(SolverConfig tight) {
    compareProbeDensity("log_prob.hutchinson", tight, tolerances.value);
    compareProbeDensity(
        "log_prob.hutchinson.rk4_4", SolverConfig.fixed(Method.RK4_38, 4), tolerances.grid);
    compareProbeDensity(
        "log_prob.hutchinson.euler_8", SolverConfig.fixed(Method.EULER, 8), tolerances.grid);
  }

  private void compareProbeDensity(String name, SolverConfig solver, double tolerance) {
    if (has(name)) {
      try (Flow flow = flow(solver, DivergenceConfig.Kind.PROBE, false)) {
        compare(name, flow.logProb(data("x"), probes()), tolerance);
      }
    }
  }

  /** The discrete gradient of a tight solve stands for the continuous one. */
  private void compareLosses(SolverConfig tight) {
    try (Flow flow = flow(tight, DivergenceConfig.Kind.PROBE, true)) {
      INDArray gradient =
          HostValues.toArray(new double[(int) flow.layout().size()], type, flow.layout().size());
      if (has("nll.values")) {
        Loss loss = flow.likelihoodLoss(data("x"), probes(), weights, gradient);
        compareLoss("nll", loss, flow.layout(), gradient);
      }
      if (has("free.values")) {
        Energy energy = new GaussianEnergy(flow.config().lattice(), 1, 1.0 / 3);
        Loss loss = flow.energyLoss(data("decode.z"), probes(), energy, weights, gradient);
        compareLoss("free", loss, flow.layout(), gradient);
      }
    }
  }

  private void compareLoss(String name, Loss loss, ParameterLayout layout, INDArray gradient) {
    compare(
        name + ".values",
        new double[] {loss.value(), loss.main(), loss.kinetic(), loss.jacobian()},
        tolerances.value);
    double[] all = HostValues.of(gradient);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      int from = (int) tensor.offset();
      compare(
          name + ".grad." + tensor.name(),
          Arrays.copyOfRange(all, from, from + tensor.length()),
          tolerances.gradient);
    }
  }

  private Flow flow(SolverConfig solver, DivergenceConfig.Kind kind, boolean jacobian) {
    Flow flow = new Flow(config, solver, DivergenceConfig.of(kind), jacobian, type);
    flow.load(parameters(flow.layout()));
    return flow;
  }

  private INDArray parameters(ParameterLayout layout) {
    double[] all = new double[(int) layout.size()];
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double[] values = required(tensor.name());
      if (values.length != tensor.length()) {
        throw new IllegalArgumentException(
            tensor.name() + " must have " + tensor.length() + " values, has " + values.length);
      }
      System.arraycopy(values, 0, all, (int) tensor.offset(), values.length);
    }
    return HostValues.toArray(all, type, all.length);
  }

  private INDArray data(String name) {
    double[] values = required(name);
    return HostValues.toArray(
        values, type, values.length / config.dimensions(), config.dimensions());
  }

  private INDArray probes() {
    int size = config.probeSize();
    int batch = required("x").length / config.dimensions();
    double[] all = new double[batch * size];
    int at = 0;
    for (int l = 0; l < config.levels().size(); l++) {
      double[] level = required("level" + l + ".probe");
      int length = level.length / batch;
      for (int n = 0; n < batch; n++) {
        System.arraycopy(level, n * length, all, n * size + at, length);
      }
      at += length;
    }
    return HostValues.toArray(all, type, batch, size);
  }

  private boolean has(String name) {
    return arrays.containsKey(name);
  }

  private double[] required(String name) {
    double[] values = arrays.get(name);
    if (values == null) {
      throw new IllegalArgumentException("array " + name + " is missing");
    }
    return values;
  }

  private void compare(String name, double[] computed, double tolerance) {
    double[] expected = arrays.get(name);
    if (expected == null) {
      return;
    }
    if (expected.length != computed.length) {
      throw new IllegalArgumentException(
          name + " must have " + computed.length + " values, has " + expected.length);
    }
    double scale = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      double d = Math.abs(expected[i] - computed[i]);
      difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
    }
    double error = difference == 0 ? 0 : difference / Math.max(scale, Double.MIN_NORMAL);
    lines.add(new Line(name, error, tolerance));
  }

  /**
   * One array compared.
   *
   * @param name of the array
   * @param error largest difference relative to the array's largest magnitude
   * @param tolerance allowed
   */
  public record Line(String name, double error, double tolerance) {
    /** Whether the array agrees. */
    public boolean passes() {
      return error <= tolerance;
    }
  }

  /** What to expect of a precision: rounding, the solver's tolerance, the fine grid's error. */
  private record Tolerances(double value, double grid, double gradient, double solver) {
    static Tolerances of(DataType type) {
      return type == DataType.DOUBLE
          ? new Tolerances(1e-7, 1e-10, 1e-5, 1e-8)
          : new Tolerances(1e-4, 1e-4, 1e-4, 1e-6);
    }
  }
}
