package org.rgflow.spark.train;

import org.rgflow.data.Shape;

/**
 * What a run begins with.
 *
 * @param shape of an example
 * @param trainingExamples in all shards
 * @param heldOutExamples that are not learnt from
 * @param validatedExamples those of them that a validation is on
 * @param parameters of the model
 * @param shards tasks of a round
 * @param firstRound counted from 0; above 0 when resumed
 */
public record TrainingStart(
    Shape shape,
    long trainingExamples,
    long heldOutExamples,
    long validatedExamples,
    long parameters,
    int shards,
    int firstRound) {}
