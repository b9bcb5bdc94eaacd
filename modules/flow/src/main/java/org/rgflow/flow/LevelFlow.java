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
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Views;
import org.rgflow.flow.velocity.Divergence;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.ExampleSums;
import org.rgflow.flow.velocity.Stage;
import org.rgflow.flow.velocity.Velocity;
import org.rgflow.flow.velocity.WeightPath;

/**
 * The ODE of one level, bound to a batch size: solved forth and back, and differentiated step by
 * step.
 *
 * <p>A recorded solve keeps the state before each step; the gradient recomputes a step's stages
 * from it, so memory grows with steps, not with stages.
 */
final class LevelFlow {
  private final int level;
  private final Partition partition;
  private final SolverConfig solver;
  private final Velocity velocity;
  private final WeightPath path;
  private final Divergence divergence;
  private final List<INDArray> probes;
  private final ExampleSums kineticSum;
  private final ExampleSums latentSum;
  private final ExampleSums stateSum;
  private final INDArray state;
  private final INDArray cotangent;
  private final INDArray residual;
  private final INDArray work;
  private final INDArray[] slope;
  private final INDArray[] stageCotangent;
  private final List<Stage> stages = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<INDArray> states = new ArrayList<>();
  private double span;

  private record Step(double time, double length) {}

  LevelFlow(
      int level,
      Partition partition,
      FlowConfig config,
      SolverConfig solver,
      DivergenceConfig divergenceConfig,
      boolean jacobian,
      WeightPath path,
      Arena arena,
      int batch) {
    this.level = level;
    this.partition = partition;
    this.solver = solver;
    this.path = path;
    this.velocity =
        Velocity.create(config.velocity(), arena, batch, partition.shape(), partition.mask());
    this.probes = new ArrayList<>();
    if (divergenceConfig.needsProbes(jacobian)) {
      for (int p = 0; p < divergenceConfig.probes(); p++) {
        probes.add(planes());
      }
    }
    this.divergence = divergenceConfig.create(velocity, partition.shape(), probes, jacobian);
    this.state = planes();
    this.cotangent = planes();
    this.work = planes();
    this.residual = planes();
    residualSites(residual).assign(1);
    if (partition.hasCoarse()) {
      coarse(residual).assign(0);
    }
    int stageCount = solver.method().tableau().stages();
    this.slope = new INDArray[stageCount];
    this.stageCotangent = new INDArray[stageCount];
    Arrays.setAll(slope, i -> planes());
    stages.add(velocity.newStage());
    INDArray value = stages.get(0).value();
    this.kineticSum = new ExampleSums(velocity.grid(), value, value);
    this.latentSum = new ExampleSums(velocity.grid(), work, work);
    this.stateSum = new ExampleSums(velocity.grid(), state, state);
  }

  private INDArray planes() {
    return velocity.grid().arena().zeros(velocity.input().shape());
  }

  private INDArray residualSites(INDArray planes) {
    return velocity.grid().interior(planes);
  }

  Partition partition() {
    return partition;
  }

  /** Planes: where a solve starts and ends. */
  INDArray state() {
    return state;
  }

  /** Planes: the loss's cotangent of the state; zero in the halo. */
  INDArray cotangent() {
    return cotangent;
  }

  /** Sites of planes as (channels, batch, *grid). */
  INDArray interior(INDArray planes) {
    return velocity.grid().interior(planes);
  }

  /** Coarse sites of planes as (channels, batch, *coarse grid). */
  INDArray coarse(INDArray planes) {
    INDArray view = interior(planes);
    int[] shape = partition.coarseShape();
    for (int a = 0; a < shape.length; a++) {
      view = Views.slice(view, 2 + a, partition.first(), shape[a], partition.stride());
    }
    return view;
  }

  /** Planes of each random probe; zero in the halo. */
  List<INDArray> probes() {
    return probes;
  }

  /** Adds the log density of the residual latents, the state taken as the end of an encoding. */
  void addLogDensity(Base base, double[] logDensity) {
    work.assign(state).muli(residual);
    if (base == Base.NORMAL) {
      latentSum.addTo(logDensity, -0.5);
    } else {
      Transforms.sqrt(Transforms.abs(work, false), false);
      latentSum.addTo(logDensity, -1);
    }
  }

  /** Sets the cotangent to {@code -weight * d log p / d z} at the residual sites, 0 elsewhere. */
  void startCotangent(Base base, double weight) {
    cotangent.assign(state).muli(residual);
    if (base == Base.LAPLACE) {
      Transforms.sign(cotangent, false);
    }
    cotangent.muli(weight);
  }

  /**
   * Integrates the state from one time to another.
   *
   * @param totals added to
   * @param record whether to keep what {@link #backward} needs
   */
  void integrate(double from, double to, PathIntegrals totals, boolean record) {
    span = to - from;
    steps.clear();
    requireFiniteState(from);
    if (solver.method().isAdaptive()) {
      integrateAdaptively(from, to, totals, record);
    } else {
      for (int n = 0; n < solver.steps(); n++) {
        double time = from + span * n / solver.steps();
        double length = span / solver.steps();
        if (record) {
          keep(time, length);
        }
        Rates rates = evaluate(time, length, totals.jacobian != null);
        advance(length, rates, totals);
      }
    }
  }

  /** An activation may turn a NaN into a number, so the velocity does not tell. */
  private void requireFiniteState(double time) {
    double[] squares = new double[velocity.grid().batch()];
    stateSum.addTo(squares, 1);
    requireFinite(squares, time, 0);
  }

  private void keep(double time, double length) {
    steps.add(new Step(time, length));
    if (states.size() < steps.size()) {
      states.add(planes());
    }
    states.get(steps.size() - 1).assign(state);
  }

  private void integrateAdaptively(double from, double to, PathIntegrals totals, boolean record) {
    double direction = Math.signum(span);
    StepControl control = new StepControl(solver, level, 0.1);
    double time = from;
    while (direction * (to - time) > 0) {
      double left = direction * (to - time);
      double length = control.next(left);
      Rates rates = evaluate(time, direction * length, totals.jacobian != null);
      if (control.accept(time, length, errorNorm(direction * length, rates))) {
        if (record) {
          keep(time, direction * length);
        }
        advance(direction * length, rates, totals);
        time = length == left ? to : time + direction * length;
      }
    }
  }

  /** Per stage and example, what a step's evaluations found. */
  private static final class Rates {
    final double[][] divergence;
    final double[][] kinetic;
    final double[][] jacobian;

    Rates(int stages, int batch, boolean jacobian) {
      this.divergence = new double[stages][batch];
      this.kinetic = new double[stages][batch];
      this.jacobian = jacobian ? new double[stages][batch] : null;
    }
  }

  private Rates evaluate(double time, double length, boolean jacobian) {
    Tableau tableau = solver.method().tableau();
    Rates rates = new Rates(tableau.stages(), velocity.grid().batch(), jacobian);
    Stage stage = stages.get(0);
    for (int i = 0; i < tableau.stages(); i++) {
      setInput(tableau.a()[i], length, slope);
      double stageTime = time + tableau.c(i) * length;
      path.apply(stageTime, velocity);
      stage.forward();
      slope[i].assign(stage.value());
      kineticSum.addTo(rates.kinetic[i], 1);
      boolean counts = tableau.b()[i] != 0 || tableau.error() != null;
      if (counts) {
        stage.linearise();
        divergence.addRates(stage, rates.divergence[i], jacobian ? rates.jacobian[i] : null);
      }
      requireFinite(rates.kinetic[i], stageTime, i);
      requireFinite(rates.divergence[i], stageTime, i);
    }
    return rates;
  }

  private void requireFinite(double[] values, double time, int stage) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new SolveException(Outcome.NON_FINITE, level, time, stage);
      }
    }
  }

  private void setInput(double[] weights, double length, INDArray[] slopes) {
    velocity.input().assign(state);
    for (int j = 0; j < weights.length; j++) {
      addScaled(length * weights[j], slopes[j], velocity.input());
    }
  }

  private static void addScaled(double scale, INDArray from, INDArray to) {
    if (scale != 0) {
      Nd4j.getBlasWrapper().level1().axpy(from.length(), scale, from, to);
    }
  }

  private void advance(double length, Rates rates, PathIntegrals totals) {
    double[] b = solver.method().tableau().b();
    for (int i = 0; i < b.length; i++) {
      addScaled(length * b[i], slope[i], state);
      for (int n = 0; n < totals.logDet.length; n++) {
        totals.logDet[n] += length * b[i] * rates.divergence[i][n];
        totals.kinetic[n] += length / span * b[i] * rates.kinetic[i][n];
        if (totals.jacobian != null) {
          totals.jacobian[n] += length / span * b[i] * rates.jacobian[i][n];
        }
      }
    }
  }

  /** Root mean square of the error over the tolerance: the worse of state and log determinant. */
  private double errorNorm(double length, Rates rates) {
    Tableau tableau = solver.method().tableau();
    INDArray end = state.dup();
    INDArray error = planes(end);
    double[] logDetError = new double[velocity.grid().batch()];
    double[] logDetChange = new double[logDetError.length];
    for (int i = 0; i < tableau.stages(); i++) {
      addScaled(length * tableau.b()[i], slope[i], end);
      addScaled(length * tableau.error()[i], slope[i], error);
      for (int n = 0; n < logDetError.length; n++) {
        logDetError[n] += length * tableau.error()[i] * rates.divergence[i][n];
        logDetChange[n] += length * tableau.b()[i] * rates.divergence[i][n];
      }
    }
    INDArray scale = Transforms.max(Transforms.abs(state), Transforms.abs(end));
    scale.muli(solver.relativeTolerance()).addi(solver.absoluteTolerance());
    INDArray ratio = interior(error).div(interior(scale));
    double ofState = Math.sqrt(ratio.muli(ratio).meanNumber().doubleValue());
    double squares = 0;
    for (int n = 0; n < logDetError.length; n++) {
      double tolerance =
          solver.absoluteTolerance() + solver.relativeTolerance() * Math.abs(logDetChange[n]);
      squares += Math.pow(logDetError[n] / tolerance, 2);
    }
    return Math.max(ofState, Math.sqrt(squares / logDetError.length));
  }

  private static INDArray planes(INDArray like) {
    return Nd4j.zeros(like.dataType(), like.shape());
  }

  /**
   * Takes the cotangent from the end of the recorded solve to its start, and adds the gradient of
   * the parameters to the weight path.
   *
   * @param logDet weight of each example's log determinant in the loss
   * @param kinetic weight of each example's kinetic energy
   * @param jacobian weight of each example's squared Jacobian norm
   */
  void backward(double logDet, double kinetic, double jacobian) {
    Tableau tableau = solver.method().tableau();
    while (stages.size() < tableau.stages()) {
      stages.add(velocity.newStage());
    }
    for (int i = 0; i < stageCotangent.length; i++) {
      if (stageCotangent[i] == null) {
        stageCotangent[i] = planes();
      }
    }
    for (int n = steps.size() - 1; n >= 0; n--) {
      state.assign(states.get(n));
      recompute(steps.get(n), tableau);
      reverse(steps.get(n), tableau, logDet, kinetic, jacobian);
    }
  }

  private void recompute(Step step, Tableau tableau) {
    INDArray[] values = stages.stream().map(Stage::value).toArray(INDArray[]::new);
    for (int i = 0; i < tableau.stages(); i++) {
      setInput(tableau.a()[i], step.length, values);
      path.apply(step.time + tableau.c(i) * step.length, velocity);
      stages.get(i).forward();
    }
  }

  private void reverse(Step step, Tableau tableau, double logDet, double kinetic, double jacobian) {
    double h = step.length;
    for (int i = tableau.stages() - 1; i >= 0; i--) {
      double b = tableau.b()[i];
      INDArray toValue = velocity.valueCotangent();
      toValue.assign(0);
      addScaled(h * b, cotangent, toValue);
      boolean used = b != 0;
      for (int l = i + 1; l < tableau.stages(); l++) {
        addScaled(h * tableau.a()[l][i], stageCotangent[l], toValue);
        used |= tableau.a()[l][i] != 0;
      }
      if (!used) {
        stageCotangent[i].assign(0);
        continue;
      }
      addScaled(2 * kinetic * h / span * b, stages.get(i).value(), toValue);
      double time = step.time + tableau.c(i) * h;
      path.apply(time, velocity);
      stages.get(i).linearise();
      divergence.addGradient(stages.get(i), logDet * h * b, jacobian * h / span * b);
      stages.get(i).gradient();
      path.collect(time, velocity);
      stageCotangent[i].assign(velocity.inputCotangent());
    }
    for (INDArray fromStage : stageCotangent) {
      addScaled(1, fromStage, cotangent);
    }
  }
}
