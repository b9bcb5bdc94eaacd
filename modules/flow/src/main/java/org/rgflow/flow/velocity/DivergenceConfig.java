package org.rgflow.flow.velocity;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the divergence, and the squared Jacobian norm beside it, are computed.
 *
 * @param kind the estimator
 * @param noise distribution of random probes
 * @param probes random probes averaged
 */
public record DivergenceConfig(Kind kind, Noise noise, int probes) implements Serializable {
  /** Checks every value. */
  public DivergenceConfig {
    if (probes < 1 || probes > 1024) {
      throw new IllegalArgumentException("divergence.probes must be in [1, 1024], was " + probes);
    }
  }

  /** One Gaussian probe, or none where the kind is exact. */
  public static DivergenceConfig of(Kind kind) {
    return new DivergenceConfig(kind, Noise.GAUSSIAN, 1);
  }

  /** The kind for a network and a use, never {@link Kind#AUTO}. */
  public DivergenceConfig resolve(VelocityConfig velocity, Use use) {
    boolean closed = ClosedFormDivergence.appliesTo(velocity);
    if (kind == Kind.CLOSED_FORM && !closed) {
      throw new IllegalArgumentException(
          "divergence.kind closed-form needs circular padding and at most 2 hidden layers, was "
              + velocity.padding()
              + " and "
              + velocity.hidden().length
              + "; allowed: auto, probe, coloured");
    }
    if (kind != Kind.AUTO) {
      return this;
    }
    Kind exact = closed ? Kind.CLOSED_FORM : Kind.COLOURED;
    return new DivergenceConfig(closed || use == Use.SCORING ? exact : Kind.PROBE, noise, probes);
  }

  /**
   * Whether random probes must be given.
   *
   * @param jacobian whether the squared norm is wanted too
   */
  public boolean needsProbes(boolean jacobian) {
    return switch (kind) {
      case PROBE -> true;
      case CLOSED_FORM -> jacobian;
      case COLOURED -> false;
      case AUTO -> throw new IllegalStateException("resolve the kind first");
    };
  }

  /**
   * The divergence of a velocity.
   *
   * @param lengths sites per axis of its grid
   * @param random planes of the random probes, filled anew before every solve
   * @param jacobian whether the squared norm is wanted too
   */
  public Divergence create(
      Velocity velocity, int[] lengths, List<INDArray> random, boolean jacobian) {
    return switch (kind) {
      case PROBE -> new ProbeDivergence(velocity, weighted(random, 1.0 / probes, 1.0 / probes));
      case COLOURED -> new ProbeDivergence(velocity, coloured(velocity, lengths, jacobian));
      case CLOSED_FORM -> {
        Divergence norm = new ProbeDivergence(velocity, weighted(random, 0, 1.0 / probes));
        Divergence trace =
            velocity instanceof ConvolutionalVelocity convolutional
                ? new ClosedFormDivergence(convolutional, lengths)
                : new ProbeDivergence(velocity, coloured(velocity, lengths, false));
        yield jacobian ? new SumOfDivergences(trace, norm) : trace;
      }
      case AUTO -> throw new IllegalStateException("resolve the kind first");
    };
  }

  private static List<ProbeDivergence.Probe> weighted(
      List<INDArray> planes, double divergenceWeight, double jacobianWeight) {
    return planes.stream()
        .map(values -> new ProbeDivergence.Probe(values, divergenceWeight, jacobianWeight))
        .toList();
  }

  /** Entries of a row of the Jacobian reach r sites; squares of rows must not overlap at all. */
  private static List<ProbeDivergence.Probe> coloured(
      Velocity velocity, int[] lengths, boolean jacobian) {
    VelocityConfig config = velocity.config();
    int reach = config.convolutions() * (config.kernel() - 1) / 2;
    int spacing = jacobian ? 2 * reach + 1 : reach + 1;
    Colouring colouring = new Colouring(lengths, spacing, config.padding() == Padding.CIRCULAR);
    List<ProbeDivergence.Probe> probes = new ArrayList<>();
    for (int channel = 0; channel < config.channels(); channel++) {
      for (int k = 0; k < colouring.classes(); k++) {
        INDArray planes = velocity.grid().planes(config.channels());
        velocity.setEveryExample(planes, channel, colouring.indicator(k));
        probes.add(new ProbeDivergence.Probe(planes, 1, jacobian ? 1 : 0));
      }
    }
    return probes;
  }

  /** The estimators. */
  public enum Kind {
    /** Closed form where it applies, else probes for training and colouring for scoring. */
    AUTO,
    /** Random probes: unbiased. */
    PROBE,
    /** Exact for circular padding and at most two hidden layers, at about the cost of one probe. */
    CLOSED_FORM,
    /** Exact for any network; its cost grows with the receptive field, not the image. */
    COLOURED
  }

  /** Distribution of random probes: mean 0, identity covariance. */
  public enum Noise {
    /** Standard normal. */
    GAUSSIAN,
    /** +1 or -1. */
    RADEMACHER
  }

  /** What the divergence is for. */
  public enum Use {
    /** Gradients: cheap and unbiased will do. */
    TRAINING,
    /** Likelihoods: exact. */
    SCORING
  }

  /** The trace by one, the squared norm by another. */
  private record SumOfDivergences(Divergence trace, Divergence norm) implements Divergence {
    @Override
    public void addRates(Stage stage, double[] divergence, double[] jacobian) {
      trace.addRates(stage, divergence, null);
      if (jacobian != null) {
        norm.addRates(stage, divergence, jacobian);
      }
    }

    @Override
    public void addGradient(
        Stage stage,
        double divergenceWeight,
        double jacobianWeight,
        double[] divergence,
        double[] jacobian) {
      trace.addGradient(stage, divergenceWeight, 0, divergence, null);
      norm.addGradient(stage, 0, jacobianWeight, divergence, jacobian);
    }
  }
}
