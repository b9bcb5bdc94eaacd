/**
 * The flow as one layer of a DL4J network, so that its updaters, schedules, clipping, listeners and
 * model files apply.
 *
 * <p>{@link org.rgflow.dl4j.FlowLayer} is the configuration, {@link
 * org.rgflow.dl4j.FlowOutputLayer} the running layer, {@link org.rgflow.dl4j.FlowNetwork} makes a
 * network of it. Knows {@code flow}, not Spark.
 */
package org.rgflow.dl4j;
