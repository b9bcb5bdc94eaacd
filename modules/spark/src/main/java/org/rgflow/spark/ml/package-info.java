/**
 * Stages of Spark ML: {@code RgFlow} learns from a column of a data frame, {@code RgFlowModel}
 * scores one, by the job of {@code train} and the scorer of {@code score}.
 */
package org.rgflow.spark.ml;
