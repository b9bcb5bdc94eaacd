package org.rgflow.flow.velocity;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * A network without hidden layers, v = W * (x, mask) + b, and its skip: its Jacobian is the same
 * everywhere.
 */
final class LinearVelocity extends Velocity {
  private final WeightLayout layout;
  private final INDArray narrow;
  private final Skip skip;

  LinearVelocity(VelocityConfig config, PaddedGrid grid, double[] mask) {
    super(config, grid, mask);
    this.layout = new WeightLayout(config);
    this.narrow = grid.planes(config.channels() * config.taps());
    this.skip = new Skip(this, layout);
  }

  @Override
  public Stage newStage() {
    return new Affine();
  }

  /** Divergences add none. */
  @Override
  void clearCotangents() {}

  WeightLayout layout() {
    return layout;
  }

  private INDArray data(INDArray only) {
    return Views.columns(only, 0, (long) config().channels() * config().taps());
  }

  private final class Affine extends Stage {
    private final Kernel forward;
    private final Kernel pullback;
    private final Kernel pullbackGradient;
    private final Kernel gradientOfWeights;
    private final Kernel gradientOfInput;
    private final Kernel gradient;

    private Affine() {
      super(grid().planes(config().channels()));
      Arena arena = grid().arena();
      INDArray inputTaps = newInputTaps();
      this.forward =
          Kernel.sequence(
              List.of(
                  grid().haloOfPlanes(input())::fill,
                  Unfold.taps(grid(), input(), inputTaps, 1),
                  arena.matmul(
                      Factor.of(layout.only(weights())), Factor.of(inputTaps), value(), Sum.SET),
                  skip.addValue(inputTaps, value()),
                  grid().haloOfPlanes(value())::clear));
      this.pullback = transposed(probe(), response());
      this.pullbackGradient =
          Kernel.sequence(
              List.of(
                  grid().haloOfPlanes(responseCotangent())::fill,
                  Unfold.taps(grid(), responseCotangent(), narrow, 1),
                  arena.matmul(
                      Factor.of(probe()),
                      Factor.transposed(narrow),
                      data(layout.only(LinearVelocity.this.weightGradient())),
                      Sum.ADD),
                  skip.addGradient(probe(), narrow)));
      this.gradientOfWeights =
          arena
              .matmul(
                  Factor.of(valueCotangent()),
                  Factor.transposed(inputTaps),
                  layout.only(LinearVelocity.this.weightGradient()),
                  Sum.ADD)
              .then(skip.addGradient(valueCotangent(), inputTaps));
      this.gradientOfInput = transposed(valueCotangent(), inputCotangent());
      this.gradient = gradientOfWeights.then(gradientOfInput);
    }

    private Kernel transposed(INDArray from, INDArray to) {
      Halo halo = grid().haloOfPlanes(to);
      return Kernel.sequence(
          List.of(
              grid()
                  .arena()
                  .matmul(
                      Factor.transposed(data(layout.only(weights()))),
                      Factor.of(from),
                      narrow,
                      Sum.SET),
              skip.addTransposed(from, narrow),
              Unfold.sum(grid(), null, narrow, to, -1),
              halo::fold));
    }

    @Override
    public void forward() {
      forward.run();
    }

    @Override
    public void linearise() {
      // the Jacobian does not depend on x
    }

    @Override
    void curve() {
      // nor has it a second derivative
    }

    @Override
    void pullback() {
      pullback.run();
    }

    @Override
    void pullbackGradient() {
      pullbackGradient.run();
    }

    @Override
    public void gradient() {
      gradient.run();
    }

    @Override
    public void gradientOfWeights() {
      gradientOfWeights.run();
    }

    @Override
    public void gradientOfInput() {
      gradientOfInput.run();
    }
  }
}
