package org.rgflow.spark.ml;

import java.util.List;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.shards.PixelConfig;

/**
 * How a model is trained, and what the numbers of its examples are.
 *
 * @param <T> the stage
 */
public interface TrainingParams<T extends TrainingParams<T>> extends Chained<T> {
  default IntParam maxIter() {
    return new IntParam(
        this, "maxIter", "averaging rounds (>= 1)", ParamValidators.inRange(1, 100_000_000));
  }

  default int getMaxIter() {
    return (int) getOrDefault(maxIter());
  }

  default T setMaxIter(int value) {
    return with(maxIter(), value);
  }

  default Param<String> objective() {
    List<String> allowed =
        List.of(ConstantNames.of(Objective.LIKELIHOOD), ConstantNames.of(Objective.FLOW_MATCHING));
    return new Param<>(
        this,
        "objective",
        "what is minimised: one of " + String.join(", ", allowed),
        ParamValidators.inArray(allowed));
  }

  default String getObjective() {
    return getOrDefault(objective());
  }

  default T setObjective(String value) {
    return with(objective(), value);
  }

  default IntParam refineIter() {
    return new IntParam(
        this,
        "refineIter",
        "averaging rounds by likelihood after flow matching (>= 0)",
        ParamValidators.inRange(0, 100_000_000));
  }

  default int getRefineIter() {
    return (int) getOrDefault(refineIter());
  }

  default T setRefineIter(int value) {
    return with(refineIter(), value);
  }

  default DoubleParam stepSize() {
    return new DoubleParam(
        this,
        "stepSize",
        "learning rate of Adam at its height, in (0, 10]",
        ParamValidators.inRange(0, 10, false, true));
  }

  default double getStepSize() {
    return (double) getOrDefault(stepSize());
  }

  default T setStepSize(double value) {
    return with(stepSize(), value);
  }

  default Param<String> schedule() {
    return new Param<>(
        this,
        "schedule",
        "how the learning rate falls: one of "
            + String.join(", ", ConstantNames.all(LearningRate.Schedule.class)),
        ParamValidators.inArray(ConstantNames.all(LearningRate.Schedule.class)));
  }

  default String getSchedule() {
    return getOrDefault(schedule());
  }

  default T setSchedule(String value) {
    return with(schedule(), value);
  }

  default IntParam batchSize() {
    return new IntParam(
        this, "batchSize", "examples of a local step (>= 1)", ParamValidators.inRange(1, 65_536));
  }

  default int getBatchSize() {
    return (int) getOrDefault(batchSize());
  }

  default T setBatchSize(int value) {
    return with(batchSize(), value);
  }

  default IntParam localSteps() {
    return new IntParam(
        this,
        "localSteps",
        "steps of a shard between two averages (>= 1)",
        ParamValidators.inRange(1, 1_000_000));
  }

  default int getLocalSteps() {
    return (int) getOrDefault(localSteps());
  }

  default T setLocalSteps(int value) {
    return with(localSteps(), value);
  }

  default DoubleParam averageDecay() {
    return new DoubleParam(
        this,
        "averageDecay",
        "share that the moving average of the parameters keeps in a round, in [0, 1)",
        ParamValidators.inRange(0, 1, true, false));
  }

  default double getAverageDecay() {
    return (double) getOrDefault(averageDecay());
  }

  default T setAverageDecay(double value) {
    return with(averageDecay(), value);
  }

  default IntParam numShards() {
    return new IntParam(
        this,
        "numShards",
        "parts of the data, one task each, on which the result depends; 0 for one a core, or those"
            + " of the run in runDir (>= 0)",
        ParamValidators.inRange(0, 1_000_000));
  }

  default int getNumShards() {
    return (int) getOrDefault(numShards());
  }

  default T setNumShards(int value) {
    return with(numShards(), value);
  }

  default DoubleParam heldOutFraction() {
    return new DoubleParam(
        this,
        "heldOutFraction",
        "part of the rows kept for validation, in [0, 1)",
        ParamValidators.inRange(0, 1, true, false));
  }

  default double getHeldOutFraction() {
    return (double) getOrDefault(heldOutFraction());
  }

  default T setHeldOutFraction(double value) {
    return with(heldOutFraction(), value);
  }

  default IntParam checkpointInterval() {
    return new IntParam(
        this,
        "checkpointInterval",
        "rounds between checkpoints, and validations (>= 1)",
        ParamValidators.inRange(1, 1_000_000));
  }

  default int getCheckpointInterval() {
    return (int) getOrDefault(checkpointInterval());
  }

  default T setCheckpointInterval(int value) {
    return with(checkpointInterval(), value);
  }

  default Param<String> runDir() {
    return new Param<>(
        this,
        "runDir",
        "folder of checkpoints, from which the same fit of the same rows goes on; empty for none"
            + " kept");
  }

  default String getRunDir() {
    return getOrDefault(runDir());
  }

  default T setRunDir(String value) {
    return with(runDir(), value);
  }

  default IntArrayParam shape() {
    return new IntArrayParam(
        this,
        "shape",
        "channels and grid of arrays and vectors, such as 1, 28, 28; none for one channel on a"
            + " line");
  }

  default int[] getShape() {
    return getOrDefault(shape());
  }

  default T setShape(int... value) {
    return with(shape(), value);
  }

  default BooleanParam pixels() {
    return new BooleanParam(
        this, "pixels", "whether the numbers of arrays and vectors are pixels of 0 to 255");
  }

  default boolean getPixels() {
    return (boolean) getOrDefault(pixels());
  }

  default T setPixels(boolean value) {
    return with(pixels(), value);
  }

  default Param<String> pixelTransform() {
    return new Param<>(
        this,
        "pixelTransform",
        "how pixels become real numbers: one of "
            + String.join(", ", ConstantNames.all(PixelConfig.Transform.class)),
        ParamValidators.inArray(ConstantNames.all(PixelConfig.Transform.class)));
  }

  default String getPixelTransform() {
    return getOrDefault(pixelTransform());
  }

  default T setPixelTransform(String value) {
    return with(pixelTransform(), value);
  }

  default DoubleParam alpha() {
    return new DoubleParam(
        this,
        "alpha",
        "constant that keeps the pixels' transform finite, in (0, 0.5)",
        ParamValidators.inRange(0, 0.5, false, false));
  }

  default double getAlpha() {
    return (double) getOrDefault(alpha());
  }

  default T setAlpha(double value) {
    return with(alpha(), value);
  }

  default BooleanParam standardization() {
    return new BooleanParam(
        this,
        "standardization",
        "whether each channel's logits, or real values, get mean 0 and variance 1");
  }

  default boolean getStandardization() {
    return (boolean) getOrDefault(standardization());
  }

  default T setStandardization(boolean value) {
    return with(standardization(), value);
  }

  default DoubleParam atom() {
    return new DoubleParam(
        this,
        "atom",
        "share of a channel's pixels beyond which the gaussian transform gives one value a normal"
            + " distribution of its own, in (0, 1]; 1 for none",
        ParamValidators.inRange(0, 1, false, true));
  }

  default double getAtom() {
    return (double) getOrDefault(atom());
  }

  default T setAtom(double value) {
    return with(atom(), value);
  }

  default DoubleParam tail() {
    return new DoubleParam(
        this,
        "tail",
        "what the normal distribution of such a value lacks where the next begins, in (0, 0.5): the"
            + " smaller, the further apart they are",
        ParamValidators.inRange(0, 0.5, false, false));
  }

  default double getTail() {
    return (double) getOrDefault(tail());
  }

  default T setTail(double value) {
    return with(tail(), value);
  }

  default BooleanParam flip() {
    return new BooleanParam(
        this,
        "flip",
        "whether a training row is mirrored along its last axis, by chance each time that it is"
            + " learnt from");
  }

  default boolean getFlip() {
    return (boolean) getOrDefault(flip());
  }

  default T setFlip(boolean value) {
    return with(flip(), value);
  }

  default IntParam shift() {
    return new IntParam(
        this,
        "shift",
        "sites by which a training row is moved on each axis at most, by chance each time that it is"
            + " learnt from, its edge repeated (>= 0)",
        ParamValidators.inRange(0, 65_535));
  }

  default int getShift() {
    return (int) getOrDefault(shift());
  }

  default T setShift(int value) {
    return with(shift(), value);
  }

  default DoubleParam contamination() {
    return new DoubleParam(
        this,
        "contamination",
        "share of the training rows that are beyond the threshold of anomalies that is set, in"
            + " [0, 0.5]; 0 for no threshold",
        ParamValidators.inRange(0, 0.5));
  }

  default double getContamination() {
    return (double) getOrDefault(contamination());
  }

  default T setContamination(double value) {
    return with(contamination(), value);
  }
}
