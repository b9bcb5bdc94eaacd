package org.rgflow.spark.score;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.Shape;
import org.rgflow.flow.Density;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.TaskResources;
import org.rgflow.spark.ingest.DecodedExample;
import org.rgflow.spark.model.BatchScorer;
import org.rgflow.spark.model.ExampleClasses;
import org.rgflow.spark.model.FlowModel;

/**
 * Gives examples their scores: the one place where that is done, for rows of files and of data
 * frames alike.
 *
 * <p>An example's score is a function of example, model and configuration, bit for bit: not of
 * order, partitions, or the others in its batch. Where a processor's products round a row by its
 * place, or an adaptive solver chooses its steps by the whole batch, examples are solved singly.
 *
 * <p>The score is that of the finer of two solves. The difference to the coarser one, on twice the
 * step, is 2^p - 1 times the score's own error in the limit of small steps, p being the method's
 * order: 15 times for rk4.
 */
public final class ExampleScorer implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Examples solved at once: enough for the engine's full speed. */
  private static final int BATCH = 32;

  private final BatchScorer fine;
  private final BatchScorer coarse;
  private final FlowConfig flow;
  private final Shape shape;
  private final ExampleTransform transform;
  private final int draws;
  private final double maxSolverError;
  private final SolverConfig solver;

  /** A scorer of a model, without its parameters. */
  public ExampleScorer(FlowModel model, ScoringConfig config) {
    this.fine = batches(model, config, config.solver());
    this.coarse = config.solverError() ? batches(model, config, config.solver().coarser()) : null;
    this.flow = model.layer().flow();
    this.shape = model.shape();
    this.transform = model.transform();
    // real values take no noise, so that another draw says nothing new
    this.draws = isOfPixels() ? config.draws() : 1;
    this.maxSolverError = config.maxSolverError();
    this.solver = config.solver();
  }

  private static BatchScorer batches(FlowModel model, ScoringConfig config, SolverConfig solver) {
    return new BatchScorer(
        model.layer().flow(), solver, config.divergence(), model.transform(), BATCH, config.seed());
  }

  /** Shape of the model's examples. */
  public Shape shape() {
    return shape;
  }

  /** Whether the model is of pixels, not of real values. */
  public boolean isOfPixels() {
    return transform.isOfPixels();
  }

  /** log p in nats as {@code bits/dim} of pixels or {@code nats/dim} of real values. */
  public double perDimension(double logLikelihood) {
    return transform.perDimension(logLikelihood, shape.dimensions());
  }

  /** This scorer with the model's parameters, in a task; the caller closes it. */
  public Open open(double[] parameters) {
    TaskResources.use();
    return new Open(parameters);
  }

  /** A scorer with the buffers of its solves. */
  public final class Open implements AutoCloseable {
    private final BatchScorer fineScorer;
    private final BatchScorer coarseScorer;
    private final Flow fineFlow;
    private final Flow coarseFlow;

    private Open(double[] parameters) {
      this.fineFlow = fine.open(parameters);
      this.coarseFlow = coarse == null ? null : coarse.open(parameters);
      BatchScorer fineHere = fine.onThisMachine(fineFlow);
      BatchScorer coarseHere = coarse == null ? null : coarse.onThisMachine(coarseFlow);
      boolean isSingle = fineHere.batch() == 1 || (coarseHere != null && coarseHere.batch() == 1);
      this.fineScorer = isSingle ? fineHere.singly() : fineHere;
      this.coarseScorer = isSingle && coarseHere != null ? coarseHere.singly() : coarseHere;
    }

    /** Examples scored at once. */
    public int batch() {
      return fineScorer.batch();
    }

    /** A score for each of at most {@link #batch()} examples, in their order. */
    public List<Score> score(List<DecodedExample> decoded) {
      Score[] scores = new Score[decoded.size()];
      List<Example> batch = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < scores.length; i++) {
        try {
          batch.add(scorable(decoded.get(i)));
          places.add(i);
        } catch (DataException e) {
          scores[i] = Score.failed(decoded.get(i).key(), e.getMessage());
        }
      }
      List<Score> solved = batch.isEmpty() ? List.of() : solve(batch);
      for (int i = 0; i < solved.size(); i++) {
        scores[places.get(i)] = solved.get(i);
      }
      return Arrays.asList(scores);
    }

    /** A solve fails for the whole batch; then each example is solved alone, to find the guilty. */
    private List<Score> solve(List<Example> batch) {
      List<Density> draws;
      try {
        draws = draws(fineScorer, fineFlow, batch);
      } catch (SolveException e) {
        return batch.size() == 1
            ? List.of(Score.failed(batch.get(0).key(), e.getMessage()))
            : singly(batch);
      }
      double[] differences = new double[batch.size()];
      String unsolved = "";
      try {
        double[] scores = logMeans(draws);
        double[] coarser =
            coarseFlow == null ? scores : logMeans(draws(coarseScorer, coarseFlow, batch));
        Arrays.setAll(differences, n -> scores[n] - coarser[n]);
      } catch (SolveException e) {
        if (batch.size() > 1) {
          return singly(batch);
        }
        differences[0] = Double.NaN;
        unsolved = e.getMessage();
      }
      List<Score> scores = new ArrayList<>();
      for (int n = 0; n < batch.size(); n++) {
        scores.add(judged(batch.get(n), likelihood(draws, n, differences[n]), unsolved));
      }
      return scores;
    }

    private List<Score> singly(List<Example> batch) {
      return batch.stream().flatMap(example -> solve(List.of(example)).stream()).toList();
    }

    private Score.Likelihood likelihood(List<Density> draws, int n, double difference) {
      double[] levels = new double[draws.get(0).levels().length];
      for (Density draw : draws) {
        for (int l = 0; l < levels.length; l++) {
          levels[l] += draw.levels()[l][n] / draws.size();
        }
      }
      return new Score.Likelihood(
          logMeans(draws)[n],
          levels,
          draws.get(0).latents()[n],
          coarseFlow == null ? Double.NaN : difference);
    }

    /** The likelihood with what is to be said of it. */
    private Score judged(Example example, Score.Likelihood found, String unsolved) {
      String key = example.key();
      if (!Double.isFinite(found.logLikelihood())) {
        return Score.failed(
            key, key + ": log likelihood is " + found.logLikelihood() + "; allowed: finite");
      }
      if (!unsolved.isEmpty()) {
        return new Score(
            key, found, "the solve on twice the step failed; " + lever() + " (" + unsolved + ")");
      }
      double error =
          Math.abs(
              perDimension(found.logLikelihood())
                  - perDimension(found.logLikelihood() - found.solverError()));
      if (coarseFlow != null && !(error <= maxSolverError)) {
        return new Score(key, found, unresolved(error));
      }
      return new Score(key, found, Score.OK);
    }

    private String unresolved(double error) {
      return String.format(
          Locale.ROOT,
          "solver error %.3g %s, allowed by score.maxSolverError: %s; %s",
          error,
          transform.unit(),
          maxSolverError,
          lever());
    }

    private String lever() {
      return solver.method().isAdaptive()
          ? "lower solver.rtol, was " + solver.relativeTolerance()
          : "raise solver.steps, was " + solver.steps();
    }

    @Override
    public void close() {
      fineFlow.close();
      if (coarseFlow != null) {
        coarseFlow.close();
      }
    }
  }

  /** The example, if it is one of the model's; D values of no known grid take the model's. */
  private Example scorable(DecodedExample decoded) {
    if (decoded.error() != null) {
      throw new DataException(decoded.error());
    }
    Example example = decoded.example();
    if (example.isPixels() != isOfPixels()) {
      throw new DataException(
          example + "; allowed: " + (isOfPixels() ? "pixels" : "real values") + ", as in training");
    }
    if (!flow.classes().isEmpty()) {
      ExampleClasses.of(flow, example);
    }
    if (!isOfPixels() && example.geometry().equals(new Shape(1, shape.dimensions()))) {
      return Example.ofValues(example.key(), shape, example.values()).labelled(example.label());
    }
    example.geometry().requireSame(example.key(), shape);
    return example;
  }

  private List<Density> draws(BatchScorer scorer, Flow flow, List<Example> batch) {
    List<Density> densities = new ArrayList<>();
    for (int draw = 0; draw < draws; draw++) {
      densities.add(scorer.density(flow, batch, draw));
    }
    return densities;
  }

  /** log of the mean over draws of p(x), in nats, for each example. */
  private static double[] logMeans(List<Density> draws) {
    double[][] logs = new double[draws.size()][];
    Arrays.setAll(logs, draw -> draws.get(draw).logProb());
    double[] means = new double[logs[0].length];
    double[] ofOne = new double[logs.length];
    for (int n = 0; n < means.length; n++) {
      for (int draw = 0; draw < logs.length; draw++) {
        ofOne[draw] = logs[draw][n];
      }
      means[n] = Density.logMean(ofOne);
    }
    return means;
  }
}
