/** Samples of a model as a Spark job, each a function of model, configuration and number alone. */
package org.rgflow.spark.sample;
