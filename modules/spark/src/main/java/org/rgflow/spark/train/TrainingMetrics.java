package org.rgflow.spark.train;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * The last round's numbers in Spark's metrics, for whatever sinks the cluster has (JMX, Prometheus,
 * Graphite): source {@value #NAME} of the driver, each under its name in {@code metrics.jsonl}.
 *
 * <p>It is registered with the driver's own system and not by a plugin, which every executor would
 * have to load before it knows this jar.
 */
public final class TrainingMetrics implements Source, TrainingListener, AutoCloseable {
  private static final String NAME = "rgflow";

  private final MetricRegistry registry = new MetricRegistry();
  private volatile ObjectNode known = JsonNodeFactory.instance.objectNode();

  private TrainingMetrics() {}

  /** Registers the source with the driver of this process, until it is closed. */
  static TrainingMetrics open() {
    TrainingMetrics metrics = new TrainingMetrics();
    SparkEnv.get().metricsSystem().registerSource(metrics);
    return metrics;
  }

  /** What a round does not have stays as the one before had it. */
  @Override
  public void round(RoundReport report) {
    ObjectNode now = known.deepCopy();
    now.setAll(MetricsLine.node(report));
    known = now;
    now.fieldNames().forEachRemaining(this::gauge);
  }

  private void gauge(String name) {
    if (known.path(name).isNumber() && !registry.getGauges().containsKey(name)) {
      Gauge<Double> gauge = () -> known.path(name).asDouble();
      registry.register(name, gauge);
    }
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv.get().metricsSystem().removeSource(this);
  }
}
