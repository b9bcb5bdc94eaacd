package org.rgflow.dl4j;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

/**
 * Configuration of the flow as a DL4J output layer.
 *
 * <p>Input: x as (N, C * sites). Labels: random probes as (N, probeSize), and where grids are
 * shifted the shift in one column more, the same for all of a batch; or, where this is not one
 * column itself, one of anything, since DL4J does not fit without labels: then both are drawn from
 * ND4J's generator. For flow matching: noise of the base and in the last column t, which an
 * example's slice shares. From an energy the input is latents, and labels are probes again. Of a
 * model of classes the last column is the example's class, by its place among their names. Output:
 * the latents z. Score: the loss in nats per example; score of one example: -log p, estimated where
 * the divergence takes probes. A bean of simple fields, as DL4J's JSON and Kryo need.
 */
public final class FlowLayer extends FeedForwardLayer {
  private static final long serialVersionUID = 1L;

  @JsonProperty private int channels;
  @JsonProperty private int[] shape;
  @JsonProperty private int stride;
  @JsonProperty private int[] hidden;
  @JsonProperty private int kernel;
  @JsonProperty private String padding;
  @JsonProperty private String activation;
  @JsonProperty private boolean bias;
  @JsonProperty private int hyper;
  @JsonProperty private String base;
  @JsonProperty private int position;
  @JsonProperty private String coarsening = Coarsening.DECIMATION.name();
  @JsonProperty private int blocks = 1;
  @JsonProperty private boolean skip;
  @JsonProperty private String[] classes = {};
  @JsonProperty private String initialisation;
  @JsonProperty private String method;
  @JsonProperty private int steps;
  @JsonProperty private double grading = 1;
  @JsonProperty private double relativeTolerance;
  @JsonProperty private double absoluteTolerance;
  @JsonProperty private double minStep;
  @JsonProperty private double maxStep;
  @JsonProperty private int maxSteps;
  @JsonProperty private String divergence;
  @JsonProperty private String noise;
  @JsonProperty private int probes;
  @JsonProperty private double kineticWeight;
  @JsonProperty private double jacobianWeight;
  @JsonProperty private double cotangentLimit;
  @JsonProperty private boolean shiftedGrids;
  @JsonProperty private String objective = Objective.LIKELIHOOD.name();
  @JsonProperty private int times = 1;
  @JsonProperty private String energy;
  @JsonProperty private TreeMap<String, String> energySettings;

  /** For deserialisation. */
  public FlowLayer() {}

  /** The layer of a model, solved and regularised as given. */
  public FlowLayer(
      FlowConfig flow,
      Initialisation initialisation,
      SolverConfig solver,
      DivergenceConfig divergence,
      Regularisation weights) {
    this.channels = flow.channels();
    this.shape = flow.shape();
    this.stride = flow.stride();
    this.hidden = flow.hidden();
    this.kernel = flow.kernel();
    this.padding = flow.padding().name();
    this.activation = flow.activation().name();
    this.bias = flow.bias();
    this.hyper = flow.hyper();
    this.base = flow.base().name();
    this.position = flow.position();
    this.coarsening = flow.coarsening().name();
    this.blocks = flow.blocks();
    this.skip = flow.skip();
    this.classes = flow.classes().toArray(String[]::new);
    this.initialisation = initialisation.name();
    this.method = solver.method().name();
    this.steps = solver.steps();
    this.grading = solver.grading();
    this.relativeTolerance = solver.relativeTolerance();
    this.absoluteTolerance = solver.absoluteTolerance();
    this.minStep = solver.minStep();
    this.maxStep = solver.maxStep();
    this.maxSteps = solver.maxSteps();
    this.divergence = divergence.kind().name();
    this.noise = divergence.noise().name();
    this.probes = divergence.probes();
    this.kineticWeight = weights.kinetic();
    this.jacobianWeight = weights.jacobian();
    this.cotangentLimit = weights.cotangentLimit();
    this.shiftedGrids = weights.shiftedGrids();
    setNIn(flow.dimensions());
    setNOut(flow.dimensions());
    setLayerName("flow");
  }

  /**
   * Makes flow matching the objective; scores stay likelihoods.
   *
   * @param slices of a batch, each with a time of its own
   */
  public FlowLayer trainedByFlowMatching(int slices) {
    this.objective = Objective.FLOW_MATCHING.name();
    this.times = slices;
    return this;
  }

  /** Makes an energy the objective: input is latents then; scores of examples stay likelihoods. */
  public FlowLayer trainedByEnergy(EnergyConfig config) {
    this.objective = Objective.ENERGY.name();
    this.energy = config.name();
    this.energySettings = new TreeMap<>(config.settings());
    return this;
  }

  /** Limits the L2 norm of gradients; a network-wide limit would not reach this layer. */
  void clipGradients(double norm) {
    this.gradientNormalization = GradientNormalization.ClipL2PerLayer;
    this.gradientNormalizationThreshold = norm;
  }

  /** The model. */
  @JsonIgnore
  public FlowConfig flow() {
    return new FlowConfig(
        channels,
        shape,
        stride,
        hidden,
        kernel,
        Padding.valueOf(padding),
        Activation.valueOf(activation),
        bias,
        hyper,
        Base.valueOf(base),
        position,
        Coarsening.valueOf(coarsening),
        blocks,
        skip,
        List.of(classes));
  }

  /** How parameters are drawn. */
  @JsonIgnore
  public Initialisation initialisation() {
    return Initialisation.valueOf(initialisation);
  }

  /** How levels are solved. */
  @JsonIgnore
  public SolverConfig solver() {
    return new SolverConfig(
        Method.valueOf(method),
        steps,
        grading,
        relativeTolerance,
        absoluteTolerance,
        minStep,
        maxStep,
        maxSteps);
  }

  /** How divergences are computed in training. */
  @JsonIgnore
  public DivergenceConfig divergence() {
    return new DivergenceConfig(
            DivergenceConfig.Kind.valueOf(divergence),
            DivergenceConfig.Noise.valueOf(noise),
            probes)
        .resolve(flow().velocity(), DivergenceConfig.Use.TRAINING);
  }

  /** What keeps the training smooth. */
  @JsonIgnore
  public Regularisation regularisation() {
    return new Regularisation(kineticWeight, jacobianWeight, cotangentLimit, shiftedGrids);
  }

  /** What training minimises. */
  @JsonIgnore
  public Objective objective() {
    return Objective.valueOf(objective);
  }

  /** What an objective of {@link Objective#ENERGY} learns from; empty of any other. */
  @JsonIgnore
  public Optional<EnergyConfig> energy() {
    return Optional.ofNullable(energy).map(name -> new EnergyConfig(name, energySettings));
  }

  /** Slices of a batch of flow matching, each with a time of its own. */
  @JsonIgnore
  public int times() {
    return times;
  }

  /**
   * Numbers in an example's labels: random probes, none where none are needed, and the shift of a
   * grid that is shifted; for flow matching noise of the data's size and the time; then its class,
   * where the model has classes.
   */
  @JsonIgnore
  public int labelSize() {
    int noise = objective() == Objective.FLOW_MATCHING ? flow().dimensions() + 1 : solveNoiseSize();
    return noise + (hasClasses() ? 1 : 0);
  }

  /** Whether the model is of classes, which labels tell. */
  @JsonIgnore
  public boolean hasClasses() {
    return classes.length > 0;
  }

  /** Numbers of noise that an example takes where it is solved, whatever the objective. */
  int solveNoiseSize() {
    DivergenceConfig config = divergence();
    int probeSize =
        config.needsProbes(jacobianWeight != 0) ? config.probes() * flow().probeSize() : 0;
    return probeSize + (hasShiftedGrids() ? 1 : 0);
  }

  /** Whether batches of a training that solves have shifts of their grids. */
  @JsonIgnore
  public boolean hasShiftedGrids() {
    return shiftedGrids
        && objective() != Objective.FLOW_MATCHING
        && !solver().method().isAdaptive();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType type) {
    FlowOutputLayer layer = new FlowOutputLayer(conf, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    Map<String, INDArray> table = initializer().init(conf, paramsView, initializeParams);
    layer.setParamTable(table);
    layer.setConf(conf);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return FlowParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int index, InputType inputType) {
    return InputType.feedForward(getNOut());
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = new ParameterLayout(flow()).size();
    return new LayerMemoryReport.Builder(
            getLayerName(), FlowLayer.class, inputType, getOutputType(-1, inputType))
        .standardMemory(parameters, parameters)
        .workingMemory(0, 0, MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowLayer that
        && flow().equals(that.flow())
        && initialisation().equals(that.initialisation())
        && solver().equals(that.solver())
        && divergence().equals(that.divergence())
        && regularisation().equals(that.regularisation())
        && objective() == that.objective()
        && times == that.times
        && energy().equals(that.energy())
        && super.equals(other);
  }

  @Override
  protected boolean canEqual(Object other) {
    return other instanceof FlowLayer;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), channels, Arrays.hashCode(shape), method, steps);
  }

  @Override
  public String toString() {
    return "FlowLayer(" + flow() + ", " + solver() + ", " + divergence() + ")";
  }
}
