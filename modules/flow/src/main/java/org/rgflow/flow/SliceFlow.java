package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rgflow.flow.ode.Outcome;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.ode.StepControl;
import org.rgflow.flow.ode.Tableau;
import org.rgflow.flow.ode.TimeGrid;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;
import org.rgflow.flow.velocity.Divergence;
import org.rgflow.flow.velocity.ExampleSums;
import org.rgflow.flow.velocity.Stage;
import org.rgflow.flow.velocity.Velocity;
import org.rgflow.flow.velocity.WeightPath;

/**
 * The ODEs of one level, block after block, for so many examples that the arrays of one evaluation
 * stay in the processor's cache: solved forth and back, and differentiated step by step.
 *
 * <p>The gradient recomputes a step's stages from the state before it, so memory grows with steps,
 * not with stages.
 */
final class SliceFlow {
  private final int level;
  private final SolverConfig solver;
  private final Tableau tableau;
  private final Arena arena;
  private final Velocity velocity;
  private final List<WeightPath> blocks;
  private final Divergence divergence;
  private final List<INDArray> probes = new ArrayList<>();
  private final ExampleSums kineticSum;
  private final ExampleSums stateSum;
  private final INDArray state;

  /** Rows: the value of each stage, the cotangent of each stage's input, that of the state. */
  private final INDArray rows;

  private final INDArray slopes;

  /** h a_ij, h b_i, for the length of step loaded last. */
  private final INDArray stageWeights;

  private final INDArray stepWeights;
  private double loadedLength = Double.NaN;

  private final INDArray term;
  private final Kernel[] setInput;
  private final Kernel advance;
  private final List<Stage> stages = new ArrayList<>();
  private final Kernel[] keepFirst;
  private final List<Kernel> keepSlope = new ArrayList<>();
  private final StepRates rates;
  private final double[] squares;
  private Reverse reverse;

  SliceFlow(
      SolveConfig solve,
      int level,
      Partition partition,
      List<WeightPath> blocks,
      Arena arena,
      int examples) {
    this.level = level;
    this.solver = solve.solver();
    this.tableau = solver.method().tableau();
    this.arena = arena;
    this.blocks = blocks;
    this.velocity =
        Velocity.create(
            solve.model().velocity(), arena, examples, partition.shape(), partition.mask());
    for (int p = 0; p < solve.probes(); p++) {
      probes.add(planes());
    }
    this.divergence =
        solve.divergence().create(velocity, partition.shape(), probes, solve.jacobian());
    int count = tableau.stages();
    this.state = planes();
    this.rows = arena.zeros(2L * count + 1, state.length());
    this.slopes = Views.rows(rows, 0, count);
    this.stageWeights = arena.zeros(count, count);
    this.stepWeights = arena.zeros(1, count);
    this.term = planes();
    this.setInput = new Kernel[count];
    Arrays.setAll(setInput, this::inputKernel);
    this.advance = arena.combine(stepWeights, slopes, Views.flat(state), Sum.ADD);
    addStage();
    INDArray value = stages.get(0).value();
    this.keepFirst = new Kernel[count];
    Arrays.setAll(keepFirst, i -> arena.copy(value, slope(i)));
    this.kineticSum = new ExampleSums(velocity.grid(), value, value);
    this.stateSum = new ExampleSums(velocity.grid(), state, state);
    this.rates = new StepRates(tableau, examples, solve.jacobian());
    this.squares = new double[examples];
  }

  private INDArray planes() {
    return arena.zeros(velocity.input().shape());
  }

  private INDArray slope(int stage) {
    return Views.block(slopes, stage * state.length(), state.shape());
  }

  private void addStage() {
    Stage stage = velocity.newStage();
    int number = stages.size();
    stages.add(stage);
    keepSlope.add(arena.copy(stage.value(), slope(number)));
  }

  /**
   * input = state + sum over j below i of h a_ij k_j: most are zero, and two elementwise operators
   * for each that is not cost less than one product of all.
   */
  private Kernel inputKernel(int stage) {
    INDArray sum = state;
    List<Kernel> steps = new ArrayList<>();
    for (int j = 0; j < stage; j++) {
      if (tableau.a()[stage][j] != 0) {
        INDArray weight = Views.block(stageWeights, (long) stage * tableau.stages() + j, 1);
        steps.add(arena.multiply(slope(j), weight, term));
        steps.add(arena.add(sum, term, velocity.input()));
        sum = velocity.input();
      }
    }
    return steps.isEmpty() ? arena.copy(state, velocity.input()) : Kernel.sequence(steps);
  }

  /** Planes: where a solve starts and ends; zero in the halo. */
  INDArray state() {
    return state;
  }

  /** Planes of each random probe; zero in the halo. */
  List<INDArray> probes() {
    return probes;
  }

  /** Sets the class of each example, for the solves that follow. */
  void setClasses(int[] classes) {
    velocity.setClasses(classes);
  }

  /** Sites of planes as (channels, examples, *grid). */
  INDArray interior(INDArray planes) {
    return velocity.grid().interior(planes);
  }

  /**
   * Integrates the state through all blocks, each from time 0 to 1.
   *
   * <p>A recorded solve on a fixed grid leaves the divergence to {@link #backward}, which comes by
   * it anyway; an adaptive one needs it to choose its steps.
   *
   * @param grid of each block's steps; an adaptive method has its own
   * @param totals added to, from example {@code first} on; null where no rates are wanted
   * @param recording of the steps; null if no gradient is wanted
   */
  void encode(TimeGrid grid, PathIntegrals totals, int first, Recording recording) {
    begin(0, recording);
    for (int block = 0; block < blocks.size(); block++) {
      integrate(block, 0, 1, grid, totals, first, recording);
    }
  }

  /** Integrates back, as {@link #encode}, each block from time 1 to 0. */
  void decode(TimeGrid grid, PathIntegrals totals, int first, Recording recording) {
    begin(1, recording);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      integrate(block, 1, 0, grid, totals, first, recording);
    }
  }

  private void begin(double time, Recording recording) {
    requireFiniteState(time);
    if (recording != null) {
      recording.clear();
    }
  }

  private void integrate(
      int block,
      double from,
      double to,
      TimeGrid grid,
      PathIntegrals totals,
      int first,
      Recording recording) {
    if (solver.method().isAdaptive()) {
      integrateAdaptively(block, from, to, totals, first, recording);
      return;
    }
    for (int n = 0; n < grid.steps(); n++) {
      int step = from < to ? n : grid.steps() - 1 - n;
      double time = grid.node(from < to ? step : step + 1);
      double length = (to - from) * grid.length(step);
      if (recording != null) {
        recording.add(block, time, length);
      }
      evaluate(block, time, length, totals != null && recording == null);
      advance((to - from) * blocks.size(), length, totals, first);
    }
  }

  /** An activation may turn a NaN into a number, so the velocity does not tell. */
  private void requireFiniteState(double time) {
    Arrays.fill(squares, 0);
    stateSum.addTo(squares, 1);
    requireFinite(squares, time, 0);
  }

  private void integrateAdaptively(
      int block, double from, double to, PathIntegrals totals, int first, Recording recording) {
    double direction = Math.signum(to - from);
    StepControl control = new StepControl(solver, level, 0.1);
    double time = from;
    while (direction * (to - time) > 0) {
      double left = direction * (to - time);
      double length = control.next(time, left);
      evaluate(block, time, direction * length, totals != null);
      if (control.accept(time, length, errorNorm(direction * length, totals != null))) {
        if (recording != null) {
          recording.add(block, time, direction * length);
        }
        advance((to - from) * blocks.size(), direction * length, totals, first);
        time = length == left ? to : time + direction * length;
      }
    }
  }

  private void loadLength(double length) {
    if (length == loadedLength) {
      return;
    }
    for (int i = 0; i < tableau.stages(); i++) {
      stepWeights.putScalar(0, i, length * tableau.b()[i]);
      for (int j = 0; j < i; j++) {
        stageWeights.putScalar(i, j, length * tableau.a()[i][j]);
      }
    }
    loadedLength = length;
  }

  private double stageTime(double time, double length, int stage) {
    return time + tableau.c(stage) * length;
  }

  private void evaluate(int block, double time, double length, boolean withRates) {
    loadLength(length);
    Stage stage = stages.get(0);
    for (int i = 0; i < tableau.stages(); i++) {
      double stageTime = stageTime(time, length, i);
      rates.clear(i);
      setInput[i].run();
      blocks.get(block).apply(stageTime, velocity);
      stage.forward();
      kineticSum.addTo(rates.kinetic(i), 1);
      requireFinite(rates.kinetic(i), stageTime, i);
      if (withRates && (tableau.b()[i] != 0 || tableau.error() != null)) {
        stage.linearise();
        divergence.addRates(stage, rates.divergence(i), rates.jacobian(i));
        requireFinite(rates.divergence(i), stageTime, i);
      }
      keepFirst[i].run();
    }
  }

  private void requireFinite(double[] values, double time, int stage) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new SolveException(Outcome.NON_FINITE, level, time, stage);
      }
    }
  }

  private void advance(double span, double length, PathIntegrals totals, int first) {
    advance.run();
    if (totals != null) {
      rates.addTo(totals, first, span, length);
    }
  }

  /** Root mean square of the error over the tolerance: the worse of state and log determinant. */
  private double errorNorm(double length, boolean withRates) {
    INDArray end = state.dup();
    INDArray error = Nd4j.zeros(state.dataType(), state.shape());
    for (int i = 0; i < tableau.stages(); i++) {
      end.addi(slope(i).mul(length * tableau.b()[i]));
      error.addi(slope(i).mul(length * tableau.error()[i]));
    }
    INDArray scale = Transforms.max(Transforms.abs(state), Transforms.abs(end));
    scale.muli(solver.relativeTolerance()).addi(solver.absoluteTolerance());
    INDArray ratio = interior(error).div(interior(scale));
    double ofState = Math.sqrt(ratio.muli(ratio).meanNumber().doubleValue());
    return withRates ? Math.max(ofState, rates.logDetError(solver, length)) : ofState;
  }

  /** Planes: the loss's cotangent of the state, see {@link #backward}; zero in the halo. */
  INDArray cotangent() {
    return reverse().cotangent;
  }

  private Reverse reverse() {
    if (reverse == null) {
      reverse = new Reverse();
    }
    return reverse;
  }

  /**
   * Takes the cotangent from the end of a recorded solve to its start, and adds the gradient of the
   * parameters to the weight paths.
   *
   * @param span time in all blocks, negative of a decoding
   * @param logDet weight of each example's log determinant in the loss
   * @param kinetic weight of each example's kinetic energy
   * @param jacobian weight of each example's squared Jacobian norm
   * @param limit largest L2 norm of an example's cotangent after a step back, 0 for none
   * @param totals given what the recorded solve left out, from example {@code first} on
   */
  void backward(
      Recording recording,
      double span,
      double logDet,
      double kinetic,
      double jacobian,
      double limit,
      PathIntegrals totals,
      int first) {
    Reverse reversed = reverse();
    velocity.clearGradient();
    reversed.clear.run(); // a product with weight 0 must not meet a NaN of an earlier batch
    for (int n = recording.size() - 1; n >= 0; n--) {
      Recording.Step step = recording.restore(n);
      recompute(step);
      reversed.step(step, span, logDet, kinetic, jacobian);
      if (limit > 0) {
        reversed.limit(limit);
      }
      if (!solver.method().isAdaptive()) {
        rates.addTo(totals, first, span, step.length());
      }
    }
  }

  /** Takes the cotangent from the end of a recorded solve to its start, of the state alone. */
  void pullback(Recording recording) {
    Reverse reversed = reverse();
    reversed.clear.run();
    for (int n = recording.size() - 1; n >= 0; n--) {
      Recording.Step step = recording.restore(n);
      recompute(step);
      reversed.pullback(step);
    }
  }

  private void recompute(Recording.Step step) {
    loadLength(step.length());
    for (int i = 0; i < tableau.stages(); i++) {
      setInput[i].run();
      blocks.get(step.block()).apply(stageTime(step.time(), step.length(), i), velocity);
      stages.get(i).forward();
      keepSlope.get(i).run();
    }
  }

  /** The buffers of the reverse sweep. */
  private final class Reverse {
    private final INDArray cotangent;
    private final ExampleSums cotangentSum;
    private final INDArray[] examples = new INDArray[squares.length];
    private final Kernel clear;

    /** Row i, for the cotangent of value i: of value i itself, h a_li of stage l, and h b_i. */
    private final INDArray weights;

    private final Kernel[] toValue;
    private final Kernel[] keepCotangent;
    private final Kernel[] noCotangent;
    private final Kernel finish;

    Reverse() {
      int count = tableau.stages();
      while (stages.size() < count) {
        addStage();
      }
      INDArray cotangents = Views.rows(rows, count, 2L * count);
      this.cotangent = row(count);
      this.cotangentSum = new ExampleSums(velocity.grid(), cotangent, cotangent);
      Arrays.setAll(examples, n -> Views.slice(interior(cotangent), 1, n, 1, 1));
      this.clear = arena.fill(cotangents, 0);
      this.weights = arena.zeros(count, 2L * count + 1);
      this.toValue = new Kernel[count];
      this.keepCotangent = new Kernel[count];
      this.noCotangent = new Kernel[count];
      for (int i = 0; i < count; i++) {
        toValue[i] =
            arena.combine(
                Views.rows(weights, i, i + 1L),
                rows,
                Views.flat(velocity.valueCotangent()),
                Sum.SET);
        keepCotangent[i] = arena.copy(velocity.inputCotangent(), row(i));
        noCotangent[i] = arena.fill(row(i), 0);
      }
      this.finish =
          arena.combine(arena.filled(1, 1, count), cotangents, Views.flat(cotangent), Sum.ADD);
    }

    private INDArray row(int index) {
      return Views.block(rows, (tableau.stages() + index) * state.length(), state.shape());
    }

    /** From the cotangent after a step to that before it. */
    void step(Recording.Step step, double span, double logDet, double kinetic, double jacobian) {
      double h = step.length();
      for (int i = tableau.stages() - 1; i >= 0; i--) {
        double b = tableau.b()[i];
        if (!loadWeights(i, h, 2 * kinetic * h / span * b)) {
          noCotangent[i].run();
          rates.clear(i);
          continue;
        }
        toValue[i].run();
        Stage stage = stages.get(i);
        double stageTime = stageTime(step.time(), h, i);
        blocks.get(step.block()).apply(stageTime, velocity);
        stage.linearise();
        rates.clear(i);
        divergence.addGradient(
            stage, logDet * h * b, jacobian * h / span * b, rates.divergence(i), rates.jacobian(i));
        requireFinite(rates.divergence(i), stageTime, i);
        stage.gradient();
        velocity.collectGradient();
        keepCotangent[i].run();
      }
      finish.run();
    }

    /** As {@link #step}, of the state alone. */
    void pullback(Recording.Step step) {
      for (int i = tableau.stages() - 1; i >= 0; i--) {
        if (!loadWeights(i, step.length(), 0)) {
          noCotangent[i].run();
          continue;
        }
        toValue[i].run();
        Stage stage = stages.get(i);
        blocks.get(step.block()).apply(stageTime(step.time(), step.length(), i), velocity);
        stage.linearise();
        stage.gradientOfInput();
        keepCotangent[i].run();
      }
      finish.run();
    }

    /** Shortens each example's cotangent to a length. */
    void limit(double longest) {
      Arrays.fill(squares, 0);
      cotangentSum.addTo(squares, 1);
      for (int n = 0; n < examples.length; n++) {
        double length = Math.sqrt(squares[n]);
        if (length > longest) {
          examples[n].muli(longest / length);
        }
      }
    }

    /** Sets the row of a stage; whether anything depends on the stage. */
    private boolean loadWeights(int stage, double h, double ofValue) {
      int count = tableau.stages();
      boolean used = tableau.b()[stage] != 0;
      weights.putScalar(stage, stage, ofValue);
      weights.putScalar(stage, 2L * count, h * tableau.b()[stage]);
      for (int l = stage + 1; l < count; l++) {
        weights.putScalar(stage, (long) count + l, h * tableau.a()[l][stage]);
        used |= tableau.a()[l][stage] != 0;
      }
      return used;
    }
  }
}
