package org.rgflow.spark.ml;

import java.util.List;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.ConstantNames;

/**
 * The model that is trained, and how it is solved.
 *
 * @param <T> the stage
 */
public interface NetworkParams<T extends NetworkParams<T>> extends Chained<T> {
  default IntArrayParam hidden() {
    return new IntArrayParam(this, "hidden", "channels of the velocity's hidden layers");
  }

  default int[] getHidden() {
    return getOrDefault(hidden());
  }

  default T setHidden(int... value) {
    return with(hidden(), value);
  }

  default IntParam kernelSize() {
    return new IntParam(
        this,
        "kernelSize",
        "odd size of the convolutions (>= 1)",
        ParamValidators.inArray(List.of(1, 3, 5, 7, 9, 11, 13, 15)));
  }

  default int getKernelSize() {
    return (int) getOrDefault(kernelSize());
  }

  default T setKernelSize(int value) {
    return with(kernelSize(), value);
  }

  default Param<String> padding() {
    return new Param<>(
        this,
        "padding",
        "what a convolution sees beyond the edge: one of "
            + String.join(", ", ConstantNames.all(Padding.class)),
        ParamValidators.inArray(ConstantNames.all(Padding.class)));
  }

  default String getPadding() {
    return getOrDefault(padding());
  }

  default T setPadding(String value) {
    return with(padding(), value);
  }

  default IntParam hyper() {
    return new IntParam(
        this,
        "hyper",
        "units of the network that makes weights depend on time; 0 keeps them constant (>= 0)",
        ParamValidators.inRange(0, 4096));
  }

  default int getHyper() {
    return (int) getOrDefault(hyper());
  }

  default T setHyper(int value) {
    return with(hyper(), value);
  }

  default IntParam position() {
    return new IntParam(
        this,
        "position",
        "harmonics of a site's position on every axis that the velocity sees (>= 0)",
        ParamValidators.inRange(0, 64));
  }

  default int getPosition() {
    return (int) getOrDefault(position());
  }

  default T setPosition(int value) {
    return with(position(), value);
  }

  default Param<String> coarsening() {
    return new Param<>(
        this,
        "coarsening",
        "what goes to the next level: one of "
            + String.join(", ", ConstantNames.all(Coarsening.class)),
        ParamValidators.inArray(ConstantNames.all(Coarsening.class)));
  }

  default String getCoarsening() {
    return getOrDefault(coarsening());
  }

  default T setCoarsening(String value) {
    return with(coarsening(), value);
  }

  default IntParam blocks() {
    return new IntParam(
        this,
        "blocks",
        "ODEs of a level, each with weights of its own (>= 1)",
        ParamValidators.inRange(1, 64));
  }

  default int getBlocks() {
    return (int) getOrDefault(blocks());
  }

  default T setBlocks(int value) {
    return with(blocks(), value);
  }

  default BooleanParam skip() {
    return new BooleanParam(
        this,
        "skip",
        "whether the velocity adds convolutions of the data to its network, one of its own at the"
            + " sites that go to the next level");
  }

  default boolean getSkip() {
    return (boolean) getOrDefault(skip());
  }

  default T setSkip(boolean value) {
    return with(skip(), value);
  }

  default StringArrayParam classes() {
    return new StringArrayParam(
        this,
        "classes",
        "names of the classes in the label column, for a density of each; none for one of all");
  }

  default String[] getClasses() {
    return getOrDefault(classes());
  }

  default T setClasses(String... value) {
    return with(classes(), value);
  }

  default Param<String> solver() {
    return new Param<>(
        this,
        "solver",
        "Runge-Kutta method of every level: one of "
            + String.join(", ", ConstantNames.all(Method.class)),
        ParamValidators.inArray(ConstantNames.all(Method.class)));
  }

  default String getSolver() {
    return getOrDefault(solver());
  }

  default T setSolver(String value) {
    return with(solver(), value);
  }

  default IntParam steps() {
    return new IntParam(
        this,
        "steps",
        "steps of a block in training, of a solver without tolerances (>= 1)",
        ParamValidators.inRange(1, 100_000));
  }

  default int getSteps() {
    return (int) getOrDefault(steps());
  }

  default T setSteps(int value) {
    return with(steps(), value);
  }

  default DoubleParam tol() {
    return new DoubleParam(
        this,
        "tol",
        "relative tolerance of the solvers bosh3 and dopri5, in (0, 1)",
        ParamValidators.inRange(0, 1, false, false));
  }

  default double getTol() {
    return (double) getOrDefault(tol());
  }

  default T setTol(double value) {
    return with(tol(), value);
  }
}
