/**
 * How a run trains: its phases, and what they have in common.
 *
 * <p>Start at {@link org.rgflow.spark.train.plan.TrainingPlan}.
 */
package org.rgflow.spark.train.plan;
