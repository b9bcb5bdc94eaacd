package org.rgflow.spark.inpaint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Pullback;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

/** A flow of linear velocity is a matrix: what its hole holds is Gaussian, in closed form. */
class ConditionalSamplerTest {
  private static final int SIDE = 4;
  private static final int DIMENSIONS = SIDE * SIDE;
  private static final double NOISE = 0.2;

  /** The two in the middle of the second row, and one below. */
  private static final boolean[] HOLE = new boolean[DIMENSIONS];

  static {
    HOLE[5] = true;
    HOLE[6] = true;
    HOLE[10] = true;
  }

  private static Flow flow(Base base, int steps, int... hidden) {
    FlowConfig model =
        new FlowConfig(
            1,
            new int[] {SIDE, SIDE},
            2,
            hidden,
            3,
            Padding.CIRCULAR,
            Activation.TANH,
            true,
            0,
            base);
    Flow flow =
        new Flow(
            model,
            SolverConfig.fixed(Method.RK4, steps),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            false,
            DataType.DOUBLE);
    double[] parameters = values(11, (int) flow.layout().size(), 0.3);
    try (INDArray vector = HostValues.toArray(parameters, DataType.DOUBLE, parameters.length)) {
      flow.load(vector);
    }
    return flow;
  }

  private static double[] values(long seed, int count, double deviation) {
    Random random = new Random(seed);
    double[] values = new double[count];
    Arrays.setAll(values, i -> deviation * random.nextGaussian());
    return values;
  }

  private static double[] sample(Flow flow, double[] z) {
    try (INDArray array = HostValues.toArray(z, DataType.DOUBLE, 1, DIMENSIONS)) {
      return HostValues.of(flow.sample(array));
    }
  }

  /** dx/dz by differences, which of a linear flow are exact. */
  private static RealMatrix jacobian(Flow flow, double[] z) {
    RealMatrix jacobian = new Array2DRowRealMatrix(DIMENSIONS, DIMENSIONS);
    double[] origin = sample(flow, z);
    for (int j = 0; j < DIMENSIONS; j++) {
      double[] moved = z.clone();
      moved[j] += 1;
      RealVector column = MatrixUtils.createRealVector(sample(flow, moved));
      jacobian.setColumnVector(j, column.subtract(MatrixUtils.createRealVector(origin)));
    }
    return jacobian;
  }

  private static KeyedNoise noise(long seed) {
    return new KeyedNoise(seed, 0, KeyedNoise.Purpose.PROBE, 0);
  }

  /**
   * Of z ~ N(0, 1) and y = A z + b + s e at the known values: precision 1 + A^T A / s^2.
   *
   * <p>128 draws of chains long enough to forget their start: five standard errors for each of 3
   * means, and as many for the variances, whose relative error is (2 / 128)^(1/2).
   */
  @Test
  void drawsHaveTheMeanAndTheVarianceOfTheConditionalDistribution() {
    double[] y = values(3, DIMENSIONS, 1);
    int draws = 128;
    try (Flow flow = flow(Base.NORMAL, 2)) {
      double[] origin = sample(flow, new double[DIMENSIONS]);
      RealMatrix matrix = jacobian(flow, new double[DIMENSIONS]);
      RealMatrix known = matrix.copy();
      RealVector seen = MatrixUtils.createRealVector(y).subtract(vector(origin));
      for (int i = 0; i < DIMENSIONS; i++) {
        if (HOLE[i]) {
          known.setRow(i, new double[DIMENSIONS]);
        }
      }
      RealMatrix precision =
          MatrixUtils.createRealIdentityMatrix(DIMENSIONS)
              .add(known.transpose().multiply(known).scalarMultiply(1 / (NOISE * NOISE)));
      RealMatrix covariance = new LUDecomposition(precision).getSolver().getInverse();
      RealVector mean =
          covariance.operate(known.transpose().operate(seen)).mapMultiply(1 / (NOISE * NOISE));
      RealVector expected = matrix.operate(mean).add(vector(origin));
      RealMatrix ofData = matrix.multiply(covariance).multiply(matrix.transpose());

      InpaintingConfig config = new InpaintingConfig(draws, NOISE, 1, 60, 12, 5);
      Posterior posterior = Posterior.of(flow, config, y, HOLE, 17);
      assertThat(posterior.cone().latents()).hasSize(DIMENSIONS);
      ConditionalSampler.Draws drawn =
          new ConditionalSampler(flow, config)
              .draw(Collections.nCopies(draws, posterior), LongStream.range(0, draws).toArray());
      assertThat(Arrays.stream(drawn.acceptances()).average().orElseThrow()).isBetween(0.6, 0.97);
      for (int i = 0; i < DIMENSIONS; i++) {
        int at = i;
        double[] values = new double[draws];
        Arrays.setAll(values, n -> drawn.x()[n * DIMENSIONS + at]);
        double average = Arrays.stream(values).average().orElseThrow();
        double variance =
            Arrays.stream(values).map(v -> Math.pow(v - average, 2)).sum() / (draws - 1);
        double exact = ofData.getEntry(i, i);
        assertThat(average).isCloseTo(expected.getEntry(i), within(5 * Math.sqrt(exact / draws)));
        assertThat(variance / exact).isCloseTo(1, within(5 * Math.sqrt(2.0 / draws)));
      }
    }
  }

  private static RealVector vector(double[] values) {
    return MatrixUtils.createRealVector(values);
  }

  /** Of 32 random signs: the sum of the squares has a relative error of a quarter at most. */
  @Test
  void responsesAreTheColumnsOfTheJacobian() {
    double[] z = values(4, DIMENSIONS, 1);
    try (Flow flow = flow(Base.NORMAL, 2)) {
      RealMatrix jacobian = jacobian(flow, z);
      for (boolean isInside : new boolean[] {true, false}) {
        double[] mean = new double[DIMENSIONS];
        for (int seed = 0; seed < 30; seed++) {
          double[] squares = Response.squares(flow, z, HOLE, isInside, noise(seed));
          Arrays.setAll(mean, j -> mean[j] + squares[j] / 30);
        }
        for (int j = 0; j < DIMENSIONS; j++) {
          double exact = 0;
          for (int i = 0; i < DIMENSIONS; i++) {
            exact += HOLE[i] == isInside ? Math.pow(jacobian.getEntry(i, j), 2) : 0;
          }
          assertThat(mean[j]).isCloseTo(exact, within(0.25 * exact));
        }
      }
    }
  }

  /** Central differences with a step of 1e-5, through a network that is not linear. */
  @Test
  void theSlopeOfThePosteriorIsThatOfItsValue() {
    for (Base base : Base.values()) {
      try (Flow flow = flow(base, 2, 4)) {
        double[] y = values(3, DIMENSIONS, 1);
        // of two cones, and so with two numbers of coordinates
        Posterior one = posterior(flow, y, 0.8);
        Posterior other = posterior(flow, y, 0.95);
        Posteriors potential = new Posteriors(flow, List.of(one, other));
        assertThat(one.widths().length).isLessThan(other.widths().length);
        assertThat(other.widths().length).isLessThan(DIMENSIONS);
        double[] u = values(7, 2 * potential.coordinates(), 0.5);
        Pullback here = potential.at(u, 2);
        for (int i = 0; i < u.length; i++) {
          int chain = i / potential.coordinates();
          double up = potential.at(moved(u, i, 1e-5), 2).values()[chain];
          double down = potential.at(moved(u, i, -1e-5), 2).values()[chain];
          double slope = (up - down) / 2e-5;
          assertThat(here.gradient()[i])
              .isCloseTo(slope, within(1e-6 * Math.max(1, Math.abs(slope))));
        }
      }
    }
  }

  private static Posterior posterior(Flow flow, double[] y, double influence) {
    InpaintingConfig config = new InpaintingConfig(2, NOISE, influence, 2, 1, 0);
    return Posterior.of(flow, config, y, HOLE, 17);
  }

  private static double[] moved(double[] values, int at, double by) {
    double[] moved = values.clone();
    moved[at] += by;
    return moved;
  }

  @Test
  void latentsOutsideOfTheConeAreHeld() {
    double[] y = values(3, DIMENSIONS, 1);
    try (Flow flow = flow(Base.NORMAL, 16, 4)) {
      InpaintingConfig config = new InpaintingConfig(2, NOISE, 0.6, 4, 3, 5);
      Posterior posterior = posterior(flow, y, 0.6);
      ConditionalSampler.Draws drawn =
          new ConditionalSampler(flow, config)
              .draw(List.of(posterior, posterior), new long[] {0, 1});
      double[] before = latents(flow, y, 1);
      double[] after = latents(flow, drawn.x(), 2);
      for (int i = 0; i < after.length; i++) {
        int latent = i % DIMENSIONS;
        double change = Math.abs(after[i] - before[latent]);
        if (Arrays.binarySearch(posterior.cone().latents(), latent) < 0) {
          // decoded and encoded again: the solver's error
          assertThat(change).isLessThan(1e-4);
        } else {
          assertThat(change).isGreaterThan(1e-4);
        }
      }
    }
  }

  private static double[] latents(Flow flow, double[] x, int count) {
    try (INDArray array = HostValues.toArray(x, DataType.DOUBLE, count, DIMENSIONS)) {
      return HostValues.of(flow.latents(array));
    }
  }
}
